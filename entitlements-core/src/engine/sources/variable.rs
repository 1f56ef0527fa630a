use std::ffi::{OsStr, OsString};

use crate::Environment;

/// A variable, and the one of its name and `_FILE` that holds a path (S12).
pub(super) struct Variable<'a> {
    pub(super) name: &'a str,
    pub(super) file_name: String,
    pub(super) value: Option<OsString>,
    pub(super) path: Option<OsString>,
}

impl<'a> Variable<'a> {
    /// A variable that is set and blank is how deployment tools say that there is none.
    pub(super) fn read(name: &'a str, environment: &Environment) -> Self {
        let file_name = format!("{name}_FILE");
        let set = |name: &str| environment.get(name).filter(|value| !is_blank(value));
        let (value, path) = (set(name), set(&file_name));
        Self {
            name,
            file_name,
            value,
            path,
        }
    }

    /// With both set the variable counts, and the file is told of.
    pub(super) fn ignored(&self) -> Option<String> {
        let both = self.value.is_some() && self.path.is_some();
        both.then(|| {
            format!(
                "both `{}` and `{}` are set; the file is ignored",
                self.name, self.file_name
            )
        })
    }
}

fn is_blank(value: &OsStr) -> bool {
    value.as_encoded_bytes().iter().all(u8::is_ascii_whitespace)
}
