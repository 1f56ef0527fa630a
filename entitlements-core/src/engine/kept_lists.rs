//! Revocation lists that were handed in, kept over restarts in the file `revocations.json` of the data folder.
//!
//! The lists are kept as they were signed, and are verified when they are read: whoever can write the file can take lists away, and
//! cannot make one. A list that was accepted once is accepted again, wherever the clock stands by then.

use std::path::PathBuf;

use crate::files::{Damaged, KeptFile};
use crate::license::{LicenseVerifier, RevocationList, Revocations};
use crate::resolve::{LicenseSource, RejectedRevocations, RevocationsCause};
use crate::strict::json::{self, ObjectWriter, Value};
use crate::strict::text::shown_path;

/// Room for some lists of the largest size.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The lists that are kept, and where.
#[derive(Default)]
pub(super) struct KeptLists {
    file: Option<KeptFile>,
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
        let file = folder.map(|folder| KeptFile::new(folder, "revocations.json", MOST_BYTES));
        let mut kept = Self {
            file: file.clone(),
            ..Self::default()
        };
        let Some(file) = file else {
            return (kept, Vec::new());
        };
        let source = LicenseSource::File(shown_path(&file.path()));
        let tokens = match tokens(&file) {
            Ok(tokens) => tokens,
            Err(damaged) => {
                kept.is_damaged = true;
                let cause = RevocationsCause::Unreadable(damaged.to_string());
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
        let Some(kept_in) = self.file.clone() else {
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
        if self.is_damaged {
            kept_in.set_aside().map_err(|error| error.to_string())?;
            self.is_damaged = false;
        }
        let written = kept_in.write(&file.finish());
        written.map_err(|error| error.to_string())?;
        Ok(true)
    }

    /// Whether there is a place to keep lists.
    pub(super) const fn are_kept(&self) -> bool {
        self.file.is_some()
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
}

fn tokens(file: &KeptFile) -> Result<Vec<String>, Damaged> {
    let Some(bytes) = file.read()? else {
        return Ok(Vec::new());
    };
    let file = json::read(&bytes).map_err(|_| Damaged::Foreign)?;
    let lists = file.get("lists").and_then(Value::as_array);
    let lists = lists.ok_or(Damaged::Foreign)?.iter();
    let tokens = lists.map(|token| token.as_str().map(str::to_owned));
    tokens.collect::<Option<_>>().ok_or(Damaged::Foreign)
}
