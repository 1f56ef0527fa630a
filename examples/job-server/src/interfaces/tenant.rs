use axum::http::request::Parts;
use entitlements_axum::{BoxFuture, EngineCurrent, Refusal, Requirement};

use crate::failure::Failure;

/// The namespace of requests that name none.
pub(crate) const DEFAULT: &str = "default";

/// Tells in which namespace a request is.
pub(crate) trait TenantResolver: Send + Sync {
    fn resolve<'a>(
        &'a self,
        head: &'a Parts,
        current: &'a EngineCurrent,
    ) -> BoxFuture<'a, Result<String, Failure>>;
}

/// There is one namespace. What a license once let others put elsewhere can still be read there.
pub(crate) struct OneNamespace;

impl TenantResolver for OneNamespace {
    fn resolve<'a>(
        &'a self,
        head: &'a Parts,
        current: &'a EngineCurrent,
    ) -> BoxFuture<'a, Result<String, Failure>> {
        let namespace = named(head).and_then(|namespace| {
            if namespace != DEFAULT && !head.method.is_safe() {
                // To put it into the default namespace instead would mix what belongs to different teams.
                current.require(&Requirement::feature("tenancy"))?;
            }
            Ok(namespace)
        });
        Box::pin(async { namespace })
    }
}

/// What `x-namespace` says.
pub(crate) fn named(head: &Parts) -> Result<String, Failure> {
    let header = head.headers.get("x-namespace");
    let name = header.map_or(Ok(DEFAULT), |value| value.to_str());
    let name = name.map_err(|_| Refusal::invalid("x-namespace", "must be text"))?;
    Ok(name.to_owned())
}
