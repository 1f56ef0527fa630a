//! `auth`: single sign-on with the ID tokens of an OpenID provider that signs with Ed25519.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use axum::extract::State;
use axum::http::StatusCode;
use entitlements_axum::strict::base64url;
use entitlements_axum::{BoxFuture, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::failure::{Answer, Failure};
use crate::identity::{Caller, Identity, Role};
use crate::json_body::JsonBody;
use crate::store::{Configured, Store};

/// Which provider is believed. Each namespace has at most one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SsoSettings {
    issuer: String,
    audience: String,
    /// Member `x` of the provider's JWK (RFC 8037).
    x: String,
}

impl Configured for SsoSettings {
    const KIND: &'static str = "sso";
}

pub(crate) async fn configure(
    State(app): State<App>,
    caller: Caller,
    JsonBody(settings): JsonBody<SsoSettings>,
) -> Answer<StatusCode> {
    caller.may_everywhere(Role::Admin)?;
    let key = base64url::decode(&settings.x).ok();
    if key.is_none_or(|key| key.len() != 32) {
        return Err(Refusal::invalid("x", "must be an Ed25519 key in base64url").into());
    }
    // Under the namespace's name: a second one takes the place of the first.
    app.store
        .put(&caller.namespace, &caller.namespace, &settings)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Identities from ID tokens, for as long as the license holds.
pub(crate) struct SingleSignOn {
    store: Store,
}

/// What is read of an ID token.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
    role: Role,
    #[serde(default)]
    queues: Vec<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

impl SingleSignOn {
    pub(crate) const fn new(store: Store) -> Self {
        Self { store }
    }
}

impl crate::interfaces::AuthProvider for SingleSignOn {
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Identity>, Failure>> {
        Box::pin(async move {
            for settings in self.store.list::<SsoSettings>(None).await? {
                if let Some(claims) = settings.value.verified(token, now) {
                    return Ok(Some(Identity {
                        subject: claims.sub,
                        role: claims.role,
                        queues: claims.queues,
                        namespace: Some(settings.namespace),
                    }));
                }
            }
            Ok(None)
        })
    }
}

impl SsoSettings {
    /// The claims of a token that this provider signed, for this server, and that has not ended.
    fn verified(&self, token: &str, now: Timestamp) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = serde_json::from_slice(&base64url::decode(header).ok()?).ok()?;
        let key = UnparsedPublicKey::new(&ED25519, base64url::decode(&self.x).ok()?);
        let signature = base64url::decode(signature).ok()?;
        // The key says the algorithm, not the token; one that says another is not this provider's.
        if header.alg != "EdDSA" || key.verify(signed.as_bytes(), &signature).is_err() {
            return None;
        }
        let claims: Claims = serde_json::from_slice(&base64url::decode(claims).ok()?).ok()?;
        let is_meant = claims.iss == self.issuer && claims.aud == self.audience;
        (is_meant && now.unix_seconds() < claims.exp).then_some(claims)
    }
}
