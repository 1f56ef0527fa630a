//! D19 at a gate: from where a request comes, and what its account's list says of that.

use std::net::IpAddr;
use std::sync::Arc;

use super::kept::Seen;
use super::remarks::Remark;
use super::{Admission, Gate, OnUnavailable, RequestHead};
use crate::allowlist::{Allowlist, AllowlistStoreError};
use crate::client_address::{AddressError, AddressErrorKind};
use crate::decide::{AddressVerdict, BoundRequirement, Facts};
use crate::engine::Addresses;
use crate::metrics::Lookups;
use crate::{AccountId, Current, Denial, Entitlements, Reply, Timestamp};

impl Gate {
    /// Whether the address of a request is plainly allowed, its account's list being at hand.
    #[inline(never)]
    pub(super) fn may_come(
        bound: &BoundRequirement,
        current: &Current,
        head: &impl RequestHead,
    ) -> bool {
        let (terms, addresses) = (bound.addresses(), current.addresses());
        let client = || addresses.client_of(head);
        let verdict = if terms.asks_account() {
            let judged = |list: &Arc<Allowlist>| terms.judge(client, Some(list));
            addresses.with_list(current.account(), judged)
        } else {
            Some(terms.judge(client, None))
        };
        verdict == Some(AddressVerdict::Allowed)
    }

    /// Whether the address of a request is allowed, where no account is asked for.
    pub(super) fn may_anybody_come(&self, addresses: &Addresses, head: &impl RequestHead) -> bool {
        let terms = self.inner.requirement.addresses();
        terms.judge(|| addresses.client_of(head), None) == AddressVerdict::Allowed
    }

    /// Weighs a request whose account's list has to be known first.
    pub(super) fn weigh_with_list(
        &self,
        current: &Current,
        bound: &BoundRequirement,
        head: &impl RequestHead,
    ) -> Admission {
        match current.addresses().list_of(current.account()) {
            Reply::Now(found) => self.weigh_listed(current, bound, head, found),
            Reply::Later(found) => {
                let request = self.keep(head, current.addresses());
                let (gate, current) = (self.clone(), current.clone());
                Admission::Later(Box::pin(async move {
                    let found = found.await;
                    match gate.bound(current.catalog()) {
                        Ok(bound) => gate.weigh_listed(&current, &bound, &request, found),
                        Err(unknown) => {
                            let seen = gate.seen(&request, None);
                            gate.deny(unknown.denial(), Some(current.account()), &seen)
                        }
                    }
                }))
            }
        }
    }

    fn weigh_listed(
        &self,
        current: &Current,
        bound: &BoundRequirement,
        head: &impl RequestHead,
        found: Result<Arc<Allowlist>, AllowlistStoreError>,
    ) -> Admission {
        let account = current.account();
        let list = found.map_or_else(
            |error| {
                tracing::warn!(
                    account = account.as_str(),
                    "an allowlist cannot be read: {error}"
                );
                match self.inner.rules.on_unavailable {
                    OnUnavailable::Deny => None,
                    OnUnavailable::Allow => Some(Arc::default()),
                    OnUnavailable::LastKnown(age) => {
                        Lookups::stale();
                        current.addresses().last_known_list(account, age)
                    }
                }
            },
            Some,
        );
        self.weigh_all(current, bound, head, list.as_deref())
    }

    /// Weighs the address of a request whose account is known by name alone, where this gate lets pass what cannot be told: its list can be.
    pub(super) fn weigh_address_of(
        &self,
        engine: &Entitlements,
        account: Option<&AccountId>,
        head: &impl RequestHead,
    ) -> Admission {
        let addresses = engine.addresses();
        let asks_account = self.inner.requirement.addresses().asks_account();
        let Some(account) = account.filter(|_| asks_account) else {
            return self.weigh_address(engine, head, &Allowlist::default());
        };
        match addresses.list_of(account) {
            Reply::Now(found) => self.weigh_address(engine, head, &found.unwrap_or_default()),
            Reply::Later(found) => {
                let request = self.keep(head, addresses);
                let (gate, engine) = (self.clone(), engine.clone());
                Admission::Later(Box::pin(async move {
                    let list = found.await.unwrap_or_default();
                    gate.weigh_address(&engine, &request, &list)
                }))
            }
        }
    }

    /// Weighs a request that nothing but its address is asked of.
    pub(super) fn weigh_address(
        &self,
        engine: &Entitlements,
        head: &impl RequestHead,
        list: &Allowlist,
    ) -> Admission {
        let addresses = engine.addresses();
        let facts = Facts::new(head.method(), Timestamp::UNIX_EPOCH)
            .with_cors_headers(head.has_cors_headers())
            .with_client_address(addresses.client_of(head))
            .with_allowlist(list);
        match self.inner.requirement.addresses().denial(&facts) {
            None if facts.is_cors_preflight() => self.allow(),
            None => self.rate_anybody(engine, head),
            Some(denial) => self.deny_address(denial, &facts, head),
        }
    }

    fn deny_address(
        &self,
        denial: Denial,
        facts: &Facts<'_>,
        head: &impl RequestHead,
    ) -> Admission {
        self.note_untold(facts.client_address(), head);
        let seen = Seen {
            path: head.path().into(),
            client: facts.client_address().ok(),
        };
        self.deny(denial, None, &seen)
    }

    /// X20: a server that tells no addresses denies everybody, and its operator has to hear of it.
    pub(super) fn note_untold(
        &self,
        client: Result<IpAddr, AddressError>,
        head: &impl RequestHead,
    ) {
        let Err(error) = client else { return };
        tracing::debug!(
            target: "entitlements::decisions",
            reason = error.reason(),
            "the client's address cannot be told: {error}"
        );
        let remark = match error.kind() {
            AddressErrorKind::NoPeer => Remark::NoPeer,
            AddressErrorKind::UnixSocket => Remark::UnixSocket,
            // Of these a client may be the cause, but more likely everybody is denied.
            AddressErrorKind::NoHeader => Remark::NoHeader,
            AddressErrorKind::OnlyTrusted => Remark::OnlyTrusted,
            AddressErrorKind::TooFewHops => Remark::TooFewHops,
            _ => return,
        };
        if self.is_first(remark) {
            self.log_mistake(head.path(), &error);
        }
    }
}
