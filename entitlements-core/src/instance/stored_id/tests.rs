use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Barrier;

use super::{StoredId, make};
use crate::instance::FingerprintError;

const ID: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

fn fault(folder: &Path) -> &'static str {
    match StoredId::of_folder(folder) {
        Err(FingerprintError::StoredIdForm { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn no_links(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

#[test]
fn it_is_made_once_and_read_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let first = StoredId::of_folder(folder.path()).unwrap();
    assert_eq!(StoredId::of_folder(folder.path()).unwrap(), first);
    assert_eq!(names(folder.path()), ["instance-id"]);
    let content = fs::read_to_string(folder.path().join("instance-id")).unwrap();
    assert_eq!(content, format!("{}\n", first.as_str()));

    let other = tempfile::tempdir().unwrap();
    assert_ne!(StoredId::of_folder(other.path()).unwrap(), first);
}

#[test]
fn both_line_ends_that_it_may_have_are_read() {
    let folder = tempfile::tempdir().unwrap();
    for content in [ID.to_owned(), format!("{ID}\n")] {
        fs::write(folder.path().join("instance-id"), content).unwrap();
        assert_eq!(StoredId::of_folder(folder.path()), Ok(StoredId(ID.into())));
    }
}

#[test]
fn what_is_no_id_is_an_error_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("instance-id");
    let digits = "it does not hold 32 lower-case hexadecimal digits";
    let long = "larger than 64 bytes";
    for (content, said) in [
        (&b""[..], "empty"),
        (b"\n", digits),
        (&ID.as_bytes()[..31], digits),
        (ID.to_uppercase().as_bytes(), digits),
        (format!("{ID}0").as_bytes(), digits),
        (format!("{ID}\r\n").as_bytes(), digits),
        (format!("{ID}\n\n").as_bytes(), digits),
        (format!(" {ID}").as_bytes(), digits),
        (&[0; 32], digits),
        (&[0xff; 33], digits),
        (&[b'a'; 64], digits),
        (&[b'a'; 65], long),
        (&[b'a'; 1 << 16], long),
    ] {
        fs::write(&path, content).unwrap();
        assert!(fault(folder.path()).contains(said), "{content:?}");
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(fault(folder.path()), "it is not a regular file");
    assert_eq!(names(folder.path()), ["instance-id"]);
}

#[test]
fn errors_say_what_to_do_and_not_the_id() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("instance-id"), format!("{ID}0")).unwrap();
    let error = StoredId::of_folder(folder.path()).unwrap_err();
    let said = error.to_string();
    assert!(said.contains("from a backup") && said.contains("instance-id` is no stored id"));
    assert!(!format!("{said} {error:?}").contains(ID));
}

#[test]
fn a_folder_that_cannot_be_made_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for under in [file.clone(), file.join("data")] {
        let error = StoredId::of_folder(&under).unwrap_err();
        assert!(
            matches!(error, FingerprintError::NotStored { .. }),
            "{error:?}"
        );
    }
}

#[test]
fn all_who_make_it_at_once_get_the_same() {
    for link in [make::link as make::Link, no_links] {
        for _ in 0..50 {
            let folder = tempfile::tempdir().unwrap();
            let (folder, start) = (folder.path().join("data"), Barrier::new(8));
            let path = folder.join("instance-id");
            let ids: Vec<StoredId> = std::thread::scope(|scope| {
                let all: Vec<_> = (0..8)
                    .map(|_| {
                        scope.spawn(|| {
                            start.wait();
                            make::make(&folder, &path, link).unwrap()
                        })
                    })
                    .collect();
                all.into_iter()
                    .map(|thread| thread.join().unwrap())
                    .collect()
            });
            let kept = StoredId::of_folder(&folder).unwrap();
            assert!(ids.iter().all(|id| *id == kept));
            assert!(!names(&folder).iter().any(|name| name.contains(".new-")));
        }
    }
}

#[test]
fn what_came_first_is_kept_without_links_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("instance-id");
    fs::write(&path, ID).unwrap();
    for link in [make::link as make::Link, no_links] {
        let id = make::make(folder.path(), &path, link).unwrap();
        assert_eq!(id.as_str(), ID);
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;
    use std::process::Command;

    use super::{ID, fault, make, no_links};
    use crate::instance::StoredId;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn file_and_folder_are_its_owners_alone() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("new/data");
        StoredId::of_folder(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&folder.join("instance-id")), 0o600);

        let folder = parent.path().join("without-links");
        make::make(&folder, &folder.join("instance-id"), no_links).unwrap();
        assert_eq!(mode(&folder.join("instance-id")), 0o600);
        assert_eq!(mode(&folder.join("instance-id.lock")), 0o600);
    }

    #[test]
    fn a_folder_that_is_there_keeps_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o750)).unwrap();
        StoredId::of_folder(folder.path()).unwrap();
        assert_eq!(mode(folder.path()), 0o750);
    }

    #[test]
    fn links_and_pipes_are_neither_followed_nor_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("instance-id");
        let target = folder.path().join("target");
        symlink(&target, &path).unwrap();
        assert_eq!(fault(folder.path()), "it is a symbolic link");
        assert!(!target.exists(), "made through a link that leads nowhere");
        fs::write(&target, ID).unwrap();
        assert_eq!(fault(folder.path()), "it is a symbolic link");
        fs::remove_file(&path).unwrap();
        let made = Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        assert_eq!(fault(folder.path()), "it is not a regular file");
    }

    #[test]
    fn an_id_on_a_volume_that_cannot_be_written_to_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("instance-id");
        fs::write(&path, ID).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o440)).unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o500)).unwrap();
        let read = StoredId::of_folder(folder.path());
        fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
        assert_eq!(read.unwrap().as_str(), ID);
    }
}
