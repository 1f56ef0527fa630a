//! D19: from where a request may come, asked before everything but the account.

use std::net::IpAddr;
use std::sync::OnceLock;

use super::Facts;
use crate::allowlist::{Allowlist, FixedAllowlist};
use crate::client_address::AddressError;
use crate::{Denial, DenialKind};

/// What a requirement demands of the client's address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct AddressTerms {
    /// Lists of the application's own: each has to allow it.
    pub(super) fixed: Vec<FixedAllowlist>,
    /// Whether the account's own list has to.
    pub(super) of_account: bool,
}

/// What lists say of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddressVerdict {
    /// It may pass, or nothing restricts it.
    Allowed,
    /// It is not on a list that restricts, or it cannot be told whose it is.
    NotAllowed,
    /// What the account's list says is not known.
    Unknown,
}

impl AddressTerms {
    pub(crate) const fn is_empty(&self) -> bool {
        self.fixed.is_empty() && !self.of_account
    }

    /// Whether the account's list is among what is asked.
    pub(crate) const fn asks_account(&self) -> bool {
        self.of_account
    }

    /// Judges an address, which is told only where a list restricts anything (W3).
    #[inline]
    pub(crate) fn judge(
        &self,
        address: impl FnOnce() -> Result<IpAddr, AddressError>,
        of_account: Option<&Allowlist>,
    ) -> AddressVerdict {
        let of_account = match (self.of_account, of_account) {
            (false, _) => None,
            (true, Some(list)) => list.restricts().then_some(list),
            (true, None) => return AddressVerdict::Unknown,
        };
        let fixed = || self.fixed.iter().filter(|list| list.restricts());
        if of_account.is_none() && fixed().next().is_none() {
            return AddressVerdict::Allowed;
        }
        // X20: without an address there is none to fall back to.
        let Ok(address) = address() else {
            return AddressVerdict::NotAllowed;
        };
        let is_allowed = fixed().all(|list| list.allows(address))
            && of_account.is_none_or(|list| list.allows(address));
        if is_allowed {
            AddressVerdict::Allowed
        } else {
            AddressVerdict::NotAllowed
        }
    }

    /// The denial of a request with these facts, where its address may not pass.
    pub(crate) fn denial(&self, facts: &Facts<'_>) -> Option<Denial> {
        match self.judge(|| facts.client_address(), facts.allowlist()) {
            AddressVerdict::Allowed => None,
            AddressVerdict::NotAllowed => Some(not_allowed()),
            AddressVerdict::Unknown => Some(Denial::undetermined()),
        }
    }

    pub(super) fn labels(&self) -> impl Iterator<Item = &'static str> {
        let of_account = self.of_account.then_some("ip_allowlist");
        of_account
            .into_iter()
            .chain(self.fixed.iter().map(|_| "fixed_allowlist"))
    }

    pub(super) fn in_words(&self) -> impl Iterator<Item = &'static str> {
        let of_account = self
            .of_account
            .then_some("an address on the account's allowlist");
        of_account
            .into_iter()
            .chain(self.fixed.iter().map(|_| "an address on a fixed allowlist"))
    }
}

/// Says nothing of the account, nor of any list: whoever is told so may be anybody. So it is one for all of them.
pub(crate) fn not_allowed() -> Denial {
    static DENIAL: OnceLock<Denial> = OnceLock::new();
    let denial = DENIAL.get_or_init(|| Denial::new(DenialKind::IpNotAllowed));
    denial.clone()
}
