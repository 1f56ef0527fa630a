use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Command, ValueEnum as _};
use clap_complete::Shell;
use clap_mangen::Man;

/// Writes everything into `man` and `completions` below the folder, and says what was written.
pub(crate) fn all(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut written = man_pages(&folder.join("man"))?;
    written.extend(completions(&folder.join("completions"))?);
    Ok(written)
}

/// A page for the program and one for each command at any depth, `entitlements-catalog-check.1` for instance.
fn man_pages(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let folder = emptied(folder)?;
    // `help` only repeats what the pages say.
    let mut program = entitlements_cli::command().disable_help_subcommand(true);
    program.build();
    let source = format!(
        "{} {}",
        program.get_name(),
        program.get_version().unwrap_or_default()
    );
    let mut written = Vec::new();
    let mut open = vec![program];
    while let Some(command) = open.pop() {
        let below = command.get_subcommands().filter(|next| !next.is_hide_set());
        open.extend(below.cloned());
        let page = Man::new(command).source(&source).manual("Entitlements");
        written.push(page.generate_to(&folder)?);
    }
    written.sort();
    Ok(written)
}

/// One file a shell, named as that shell looks for it.
fn completions(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let folder = emptied(folder)?;
    let mut program: Command = entitlements_cli::command();
    let name = program.get_name().to_owned();
    Shell::value_variants()
        .iter()
        .map(|shell| clap_complete::generate_to(*shell, &mut program, &name, &folder))
        .collect()
}

/// The folder without what an earlier run left there: a command that went must not keep its page.
fn emptied(folder: &Path) -> io::Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(folder.to_owned())
}
