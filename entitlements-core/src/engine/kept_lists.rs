//! Revocation lists that were handed in, kept over restarts in the file `revocations.json` of the data folder.
//!
//! The lists are kept as they were signed, and are verified when they are read: whoever can write the file can take lists away, and
//! cannot make one. A list that was accepted once is accepted again, wherever the clock stands by then.

use std::fs;
use std::path::PathBuf;

use crate::files::{self, read_regular};
use crate::license::{LicenseVerifier, RevocationList, Revocations};
use crate::resolve::{LicenseSource, RejectedRevocations, RevocationsCause};
use crate::strict::json::{self, ObjectWriter, Value};
use crate::strict::text::shown_path;

const FILE_NAME: &str = "revocations.json";

/// Room for some lists of the largest size.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The lists that are kept, and where.
#[derive(Default)]
pub(super) struct KeptLists {
    folder: Option<PathBuf>,
    lists: Vec<KeptList>,
    /// Lists that do not verify today. They are kept as they are: their key may be trusted again tomorrow.
    others: Vec<String>,
    /// The file that is there holds something else. It is set aside before anything is written.
    is_damaged: bool,
}

struct KeptList {
    list: RevocationList,
    token: String,
}

/// Says whose the lists are, not the lists.
impl std::fmt::Debug for KeptLists {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.lists.iter().map(|kept| kept.list.kid()))
            .finish()
    }
}

impl KeptLists {
    /// Reads what is kept in the folder into `revocations`, and says what cannot be used.
    pub(super) fn read(
        folder: Option<PathBuf>,
        verifier: &LicenseVerifier,
        revocations: &mut Revocations,
    ) -> (Self, Vec<RejectedRevocations>) {
        let mut kept = Self {
            folder,
            ..Self::default()
        };
        let Some(path) = kept.path() else {
            return (kept, Vec::new());
        };
        let source = LicenseSource::File(shown_path(&path));
        let tokens = match kept.tokens() {
            Ok(tokens) => tokens,
            Err(why) => {
                kept.is_damaged = true;
                let cause = RevocationsCause::Unreadable(why);
                return (kept, vec![RejectedRevocations { source, cause }]);
            }
        };
        let mut rejected = Vec::new();
        for token in tokens {
            match verifier.verify_held_revocations(&token) {
                Ok(list) => {
                    revocations.add(list.clone());
                    kept.put(KeptList { list, token });
                }
                Err(error) => {
                    kept.others.push(token);
                    rejected.push(RejectedRevocations {
                        source: source.clone(),
                        cause: RevocationsCause::List(error),
                    });
                }
            }
        }
        (kept, rejected)
    }

    /// Keeps a list beside the others, and in place of older ones of its key. Says why not, where it cannot be kept;
    /// without a folder nothing is.
    ///
    /// Blocks while the file is written.
    pub(super) fn keep(&mut self, list: &RevocationList, token: &str) -> Result<bool, String> {
        let Some(folder) = self.folder.clone() else {
            return Ok(false);
        };
        self.put(KeptList {
            list: list.clone(),
            token: token.to_owned(),
        });
        let tokens = self.lists.iter().map(|kept| kept.token.as_str());
        let others = self.others.iter().map(String::as_str);
        let mut file = ObjectWriter::new();
        file.strings("lists", tokens.chain(others));
        self.set_aside_what_is_damaged()
            .and_then(|()| files::replace(&folder, FILE_NAME, &file.finish()))
            .map_err(|error| error.to_string())?;
        Ok(true)
    }

    /// Whether there is a place to keep lists.
    pub(super) const fn are_kept(&self) -> bool {
        self.folder.is_some()
    }

    /// In place of older lists of the same key, unless there is a newer one (L16).
    fn put(&mut self, new: KeptList) {
        let is_newer = |kept: &KeptList| {
            kept.list.kid() == new.list.kid() && kept.list.issued_at() > new.list.issued_at()
        };
        if self.lists.iter().any(is_newer) {
            return;
        }
        self.lists.retain(|kept| {
            let (kept, new) = (&kept.list, &new.list);
            kept.kid() != new.kid() || (kept.issued_at() == new.issued_at() && kept != new)
        });
        self.lists.push(new);
    }

    fn path(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(FILE_NAME))
    }

    fn tokens(&self) -> Result<Vec<String>, String> {
        let Some(path) = self.path() else {
            return Ok(Vec::new());
        };
        match fs::symlink_metadata(&path) {
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
                ) =>
            {
                return Ok(Vec::new());
            }
            Err(error) => return Err(error.to_string()),
            Ok(found) if found.is_symlink() => return Err("it is a link".to_owned()),
            Ok(_) => {}
        }
        let bytes = read_regular(&path, MOST_BYTES).map_err(|error| error.to_string())?;
        let other = || "it is not what this program wrote there".to_owned();
        let file = json::read(&bytes).map_err(|_| other())?;
        let lists = file
            .get("lists")
            .and_then(Value::as_array)
            .ok_or_else(other)?;
        let token = |item: &Value<'_>| item.as_str().map(str::to_owned).ok_or_else(other);
        lists.iter().map(token).collect()
    }

    fn set_aside_what_is_damaged(&mut self) -> std::io::Result<()> {
        if self.is_damaged
            && let Some(path) = self.path()
        {
            let digits = files::random_digits()?;
            let aside = path.with_file_name(format!("{FILE_NAME}.damaged-{digits}"));
            match fs::rename(&path, aside) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => self.is_damaged = false,
            }
        }
        Ok(())
    }
}
