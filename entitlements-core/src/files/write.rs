use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

/// Writes a file in a folder whole or not at all, in place of what has its name: a kill at any time leaves the old one or the
/// new one (I11). Only its owner can read it. A link of that name is replaced, not followed.
pub(crate) fn replace(folder: &Path, name: &str, content: &str) -> io::Result<()> {
    make_folder(folder)?;
    let unfinished = folder.join(format!("{name}.new-{}", random_digits()?));
    let written = new_private_file(&unfinished, content);
    let placed = written.and_then(|()| fs::rename(&unfinished, folder.join(name)));
    if placed.is_err() {
        // Where that fails too it stays, readable by its owner only and in nobody's way.
        let _ = fs::remove_file(&unfinished);
    }
    placed?;
    sync_folder(folder)
}

/// Makes a folder, and those that it is in, for its owner alone; one that is there stays as it is.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// How to open a file for writing that only its owner can read, if it is made.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes a file that was not there, and waits until it is on the disk.
pub(crate) fn new_private_file(path: &Path, content: &str) -> io::Result<()> {
    let mut file = private_file().create_new(true).open(path)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()
}

/// Makes new names last over a loss of power, where folders can be synced.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::InvalidInput | ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        synced => synced,
    }
}

/// 128 random bits in hex.
pub(crate) fn random_digits() -> io::Result<String> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(|_| io::Error::other("no randomness"))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bits)))
}
