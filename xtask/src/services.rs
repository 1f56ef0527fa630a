//! The servers that tests start.

use crate::steps::Step;
use crate::workspace::Workspace;

/// Makes sure that there is one of each; says where, in a line.
#[cfg(unix)]
pub(crate) fn provide(workspace: &Workspace) -> Result<String, String> {
    entitlements_test_services::install(&workspace.target)
}

#[cfg(not(unix))]
pub(crate) fn provide(_: &Workspace) -> Result<String, String> {
    Err(LACK.to_owned())
}

#[cfg(not(unix))]
const LACK: &str =
    "no server of Redis is made for this system; the tests that need one are left out";

/// The same, as a step of the suite.
pub(crate) fn step() -> Step {
    Step {
        #[cfg(not(unix))]
        lacks: Some(LACK),
        ..Step::new("services", &["xtask", "services"])
    }
}
