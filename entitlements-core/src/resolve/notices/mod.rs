//! R9: what to tell the operator about what is held, and what to tell of an account.

mod account;
mod licenses;

pub use licenses::license_notices;

use super::Holdings;
use super::sources::Judged;
use crate::account::AccountTerms;
use crate::catalog::PlanId;
use crate::{Catalog, Timestamp};

/// Something that an operator should know, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    code: &'static str,
    message: String,
    action: &'static str,
}

impl Notice {
    pub(crate) const fn new(code: &'static str, message: String, action: &'static str) -> Self {
        Self {
            code,
            message,
            action,
        }
    }

    /// What it is, as one snake_case word.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What is the matter, as a sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        self.action
    }
}

#[derive(Debug, Default)]
pub(super) struct Notices {
    pub(super) warnings: Vec<Notice>,
    pub(super) errors: Vec<Notice>,
}

/// Everything that is worth telling: of the licenses, then of the account.
pub(super) fn collect(
    catalog: &Catalog,
    base: PlanId,
    holdings: &Holdings,
    terms: &AccountTerms,
    sources: &[Judged<'_>],
    now: Timestamp,
) -> Notices {
    let mut notices = Notices::default();
    licenses::collect(catalog, holdings, sources, &mut notices);
    account::collect(catalog, base, terms, sources, now, &mut notices);
    notices
}
