use std::collections::HashMap;

use super::ResolveAccount;
use crate::{AccountId, RequestHead};

/// The account whose host name the request is for: `acme.app.example` is `acme`'s.
///
/// A client says for which host its request is, as it says for which path; whether the caller belongs to that account is the
/// application's authentication to see to. Case and a port do not matter.
///
/// ```
/// use entitlements_core::account::HostAccount;
///
/// let resolver = HostAccount::under("app.example").and("shop.acme.example", "acme");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostAccount {
    /// Lower case, with the dot in front.
    suffix: Option<String>,
    /// Lower case.
    hosts: HashMap<String, AccountId>,
}

impl HostAccount {
    /// Accounts whose host is one label under this domain.
    #[must_use]
    pub fn under(domain: impl AsRef<str>) -> Self {
        let domain = domain.as_ref().trim_matches('.').to_ascii_lowercase();
        Self {
            suffix: Some(format!(".{domain}")),
            hosts: HashMap::new(),
        }
    }

    /// Accounts by their whole host names.
    #[must_use]
    pub fn table<H: AsRef<str>, A: Into<AccountId>>(
        hosts: impl IntoIterator<Item = (H, A)>,
    ) -> Self {
        hosts
            .into_iter()
            .fold(Self::default(), |table, (host, account)| {
                table.and(host, account)
            })
    }

    /// Also the account with this whole host name.
    #[must_use]
    pub fn and(mut self, host: impl AsRef<str>, account: impl Into<AccountId>) -> Self {
        let host = host.as_ref().trim_matches('.').to_ascii_lowercase();
        self.hosts.insert(host, account.into());
        self
    }
}

impl ResolveAccount for HostAccount {
    fn resolve<H: RequestHead>(&self, head: &H) -> Option<AccountId> {
        let host = without_port(head.host()?)?;
        let host = host.strip_suffix('.').unwrap_or(host);
        let lower = host.to_ascii_lowercase();
        if let Some(account) = self.hosts.get(&lower) {
            return Some(account.clone());
        }
        let label = lower.strip_suffix(self.suffix.as_deref()?)?;
        let is_label = !label.contains('.')
            && label
                .bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_alphanumeric());
        AccountId::from_request(label).filter(|_| is_label)
    }
}

/// The host alone; none where what follows the colon is no port.
fn without_port(host: &str) -> Option<&str> {
    match host.split_once(':') {
        None => Some(host),
        Some((host, port)) => port
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(host),
    }
}
