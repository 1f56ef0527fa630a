//! In front of every route: who asks, in which namespace; and behind it: a note of what they did.

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use entitlements_axum::{Access, Current, Guard as _, Refusal};

use crate::app::App;
use crate::failure::{Answer, Failure};
use crate::free::api_keys;
use crate::heartbeat::Used;
use crate::identity::{Caller, Identity};
use crate::interfaces::AuditEntry;
use crate::paid::rbac;

pub(crate) async fn identify(
    State(app): State<App>,
    current: Current,
    request: Request,
    next: Next,
) -> Answer<Response> {
    let (mut head, body) = request.into_parts();
    let identity = tell(&app, &current, &head).await?;
    let tenant = app.interfaces.tenant.of(&current);
    let caller = Caller {
        namespace: tenant.resolve(&head, &current).await?,
        grants: rbac::grants_of(&app.store, &identity).await?,
        identity,
    };
    let entry = (!head.method.is_safe()).then(|| entry(&head, &current, &caller));
    head.extensions.insert(caller);
    let response = next.run(Request::from_parts(head, body)).await;
    if let Some(used) = response.extensions().get::<Used>() {
        app.counted.use_of(*used);
    }
    if let Some(mut entry) = entry {
        entry.outcome = response.status().as_u16();
        app.interfaces.audit.of(&current).log(entry).await?;
    }
    Ok(response)
}

/// The operator's token, one of the API keys, or what the license's provider knows.
async fn tell(app: &App, current: &Current, head: &Parts) -> Result<Identity, Failure> {
    if let Access::Granted(_) = app.operator.check(head).await {
        return Ok(Identity::operator());
    }
    let header = head.headers.get(AUTHORIZATION);
    let header = header.and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer "));
    let token = token.ok_or(Refusal::Unauthorized)?;
    if let Some(identity) = api_keys::authenticate(&app.store, token).await? {
        return Ok(identity);
    }
    let provider = app.interfaces.auth.of(current);
    let identity = provider.authenticate(token, current.now()).await?;
    identity.ok_or(Refusal::Unauthorized.into())
}

fn entry(head: &Parts, current: &Current, caller: &Caller) -> AuditEntry {
    let route = head.extensions.get::<MatchedPath>();
    AuditEntry {
        at: current.now(),
        namespace: caller.namespace.clone(),
        actor: caller.identity.subject.clone(),
        action: format!("{} {}", head.method, route.map_or("", MatchedPath::as_str)),
        target: head.uri.path().to_owned(),
        outcome: 0,
    }
}

/// As a handler's argument: who asks.
impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(head: &mut Parts, _: &S) -> Result<Self, Failure> {
        let caller = head.extensions.get::<Self>().cloned();
        caller.ok_or(Refusal::Unauthorized.into())
    }
}
