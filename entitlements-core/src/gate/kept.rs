//! What is kept of a request.

use std::any::Any;
use std::borrow::Cow;
use std::net::IpAddr;

use tracing::{Level, enabled};

use super::{Gate, RequestHead};
use crate::client_address::{AddressError, ClientAddress};
use crate::decide::ToldOfHead;
use crate::engine::Addresses;
use crate::rate::{ApiKeyId, UserId};

/// What a gate needs of a request that it waits for.
pub(super) struct Kept {
    method: String,
    path: String,
    is_preflight: bool,
    client: Result<IpAddr, AddressError>,
    user: Option<UserId>,
    api_key: Option<ApiKeyId>,
    told: ToldOfHead,
}

impl Gate {
    /// What this gate needs of a request, to wait with.
    pub(super) fn keep(&self, head: &impl RequestHead, addresses: &Addresses) -> Kept {
        Kept {
            method: head.method().to_owned(),
            path: head.path().to_owned(),
            is_preflight: head.has_cors_headers(),
            client: addresses.client_of(head),
            user: head.extension(),
            api_key: head.extension(),
            told: self.inner.requirement.told_of_head(head),
        }
    }
}

impl RequestHead for Kept {
    fn method(&self) -> &str {
        &self.method
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn authority(&self) -> Option<&str> {
        None
    }

    fn visit_header<'a>(&'a self, _: &str, _: &mut dyn FnMut(Option<&'a str>)) {}

    /// As it was told when the request came.
    fn client_address(&self, _: &ClientAddress) -> Result<IpAddr, AddressError> {
        self.client
    }

    /// What rates are counted by, as it was when the request came.
    fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        let kept: [Option<&dyn Any>; 3] = [
            self.user.as_ref().map(|user| user as _),
            self.api_key.as_ref().map(|key| key as _),
            Some(&self.told),
        ];
        let mut kept = kept.into_iter().flatten();
        kept.find_map(|kept| kept.downcast_ref::<T>()).cloned()
    }

    fn has_cors_headers(&self) -> bool {
        self.is_preflight
    }
}

/// What the log says of a request.
#[derive(Debug, Clone)]
pub(super) struct Seen<'a> {
    pub(super) path: Cow<'a, str>,
    /// Asked for where somebody listens.
    pub(super) client: Option<IpAddr>,
}

impl Gate {
    /// What the log would say of a request, where this gate denies it.
    pub(super) fn seen<'a>(
        &self,
        head: &'a impl RequestHead,
        addresses: Option<&Addresses>,
    ) -> Seen<'a> {
        let is_heard = if self.inner.rules.shadow {
            enabled!(target: "entitlements::decisions", Level::INFO)
        } else {
            enabled!(target: "entitlements::decisions", Level::DEBUG)
        };
        let addresses = addresses.filter(|_| is_heard);
        Seen {
            path: head.path().into(),
            client: addresses.and_then(|addresses| addresses.client_of(head).ok()),
        }
    }
}

impl Seen<'_> {
    pub(super) fn owned(&self) -> Seen<'static> {
        Seen {
            path: self.path.clone().into_owned().into(),
            client: self.client,
        }
    }
}
