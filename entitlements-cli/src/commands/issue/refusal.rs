use std::error::Error;

use entitlements_core::license::IssueError;

use crate::failure::Failure;
use crate::quote::quoted;

/// What the issuer refuses.
pub(super) fn issue(error: &IssueError) -> Failure {
    match error {
        IssueError::Unknown {
            what,
            name,
            nearest,
        } => {
            let near = nearest
                .as_ref()
                .map(|near| format!(", did you mean {}?", quoted(near)));
            let message = format!(
                "unknown {what} {}{}",
                quoted(name),
                near.unwrap_or_default()
            );
            Failure::usage(
                "unknown_name",
                message,
                format!(
                    "name {what}s as the catalog does; `entitlements catalog table` shows them"
                ),
            )
        }
        IssueError::MissingPlan => {
            let action = "give `--plan`, or a catalog with `grants = \"listed\"`";
            Failure::usage("missing_plan", error.to_string(), action)
        }
        error => other(error),
    }
}

/// What is refused by the rules that license keys are checked by.
pub(super) fn other(error: &impl Error) -> Failure {
    Failure::usage(
        "draft",
        error.to_string(),
        "change what the message names, and issue it again",
    )
}
