//! Who asks, and what they may do to which queue.

use entitlements_axum::Refusal;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::glob;
use crate::interfaces::DEFAULT_NAMESPACE;

/// The three built-in roles; each may what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Looks.
    Reader,
    /// Enqueues, fetches, and says how jobs ended.
    Worker,
    /// Everything else.
    Admin,
}

/// Somebody whose credentials are good.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// For logs and grants; never a secret.
    pub(crate) subject: String,
    pub(crate) role: Role,
    /// Patterns of the queues that the role counts for.
    pub(crate) queues: Vec<String>,
    /// The only namespace that they are good in; `None` for all of them.
    pub(crate) namespace: Option<String>,
}

impl Identity {
    /// Whoever runs this server.
    pub(crate) fn operator() -> Self {
        Self {
            subject: "operator".into(),
            role: Role::Admin,
            queues: vec!["*".into()],
            namespace: None,
        }
    }
}

/// A permission per namespace and queue. Somebody who has any has only these: their own role counts no more.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grant {
    pub(crate) subject: String,
    pub(crate) namespace: String,
    /// A pattern of queues.
    pub(crate) queue: String,
    pub(crate) role: Role,
}

/// Who asks, in which namespace: in the extensions of every request.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) identity: Identity,
    pub(crate) namespace: String,
    /// Those of this identity. They stay in force without the license that let them be made, so that its end opens nothing.
    pub(crate) grants: Vec<Grant>,
}

impl Caller {
    /// Whether they may do what needs this role to this queue.
    pub(crate) fn may(&self, needed: Role, queue: &str) -> Result<(), Failure> {
        let may = if self.grants.is_empty() {
            let identity = &self.identity;
            let namespace = identity.namespace.as_ref();
            namespace.is_none_or(|only| *only == self.namespace)
                && identity.role >= needed
                && identity
                    .queues
                    .iter()
                    .any(|glob| glob::matches(glob, queue))
        } else {
            self.grants.iter().any(|grant| {
                grant.namespace == self.namespace
                    && grant.role >= needed
                    && glob::matches(&grant.queue, queue)
            })
        };
        may.then_some(()).ok_or(Refusal::Forbidden.into())
    }

    /// Whether they may do what concerns no queue alone.
    pub(crate) fn may_everywhere(&self, needed: Role) -> Result<(), Failure> {
        // A name that no queue can have: only `*` matches it.
        self.may(needed, "/")
    }

    /// Whether they are where what concerns all namespaces is.
    pub(crate) fn is_in_default(&self) -> Result<(), Failure> {
        let is_default = self.namespace == DEFAULT_NAMESPACE;
        is_default.then_some(()).ok_or(Refusal::Forbidden.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(grants: Vec<Grant>) -> Caller {
        let identity = Identity {
            subject: "billing".into(),
            role: Role::Worker,
            queues: vec!["mail-*".into()],
            namespace: Some("default".into()),
        };
        Caller {
            identity,
            namespace: "default".into(),
            grants,
        }
    }

    #[test]
    fn a_role_counts_for_the_queues_of_its_globs_only() {
        let caller = caller(vec![]);
        assert!(caller.may(Role::Worker, "mail-eu").is_ok());
        assert!(caller.may(Role::Reader, "mail-eu").is_ok());
        assert!(caller.may(Role::Admin, "mail-eu").is_err());
        assert!(caller.may(Role::Worker, "reports").is_err());
        assert!(caller.may_everywhere(Role::Reader).is_err());
    }

    #[test]
    fn grants_replace_the_role() {
        let caller = caller(vec![Grant {
            subject: "billing".into(),
            namespace: "default".into(),
            queue: "reports".into(),
            role: Role::Reader,
        }]);
        assert!(caller.may(Role::Reader, "reports").is_ok());
        assert!(caller.may(Role::Worker, "reports").is_err());
        assert!(caller.may(Role::Reader, "mail-eu").is_err());
    }
}
