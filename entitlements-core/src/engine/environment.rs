use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

/// From a variable's name to its value.
type Read = dyn Fn(&str) -> Option<OsString> + Send + Sync;

/// Where environment variables are read: the process's, or values that a test gives.
#[derive(Clone)]
pub struct Environment {
    read: Arc<Read>,
}

impl Environment {
    /// The variables of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self {
            read: Arc::new(|name| std::env::var_os(name)),
        }
    }

    /// Exactly these variables.
    ///
    /// ```
    /// use entitlements_core::Environment;
    ///
    /// let environment = Environment::of([("DEPLOYMENT_MODE", "cloud")]);
    /// assert_eq!(environment.get("DEPLOYMENT_MODE").as_deref(), Some("cloud".as_ref()));
    /// ```
    #[must_use]
    pub fn of<N: Into<String>, V: Into<OsString>>(
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let variables: std::collections::HashMap<String, OsString> = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Self {
            read: Arc::new(move |name| variables.get(name).cloned()),
        }
    }

    /// The variable's value, if it is set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<OsString> {
        (self.read)(name)
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self::of_process()
    }
}

/// Values are not shown; there may be a key among them.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}
