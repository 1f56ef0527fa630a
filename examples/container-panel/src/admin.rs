//! Who administers the panel.

use std::path::{Path, PathBuf};

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use entitlements_actix::{Access, BearerToken, BoxFuture, Guard, Refusal, Refused, RequestParts};

use crate::{Failure, files};

/// An argument of handlers that only the administrator may call.
pub(crate) struct Admin;

impl FromRequest for Admin {
    type Error = Refused;
    type Future = BoxFuture<'static, Result<Self, Refused>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let token = request.app_data::<Data<BearerToken>>().cloned();
        let head = head_of(request);
        Box::pin(async move {
            let token = token.ok_or(Refused(Refusal::Unauthorized))?;
            match token.check(&head).await {
                Access::Granted(_) => Ok(Self),
                Access::Forbidden => Err(Refusal::Forbidden.into()),
                _ => Err(Refusal::Unauthorized.into()),
            }
        })
    }
}

/// The head as guards see it, which is in the types of `http` 1.
fn head_of(request: &HttpRequest) -> RequestParts {
    let (mut head, ()) = http::Request::new(()).into_parts();
    for value in request.headers().get_all("authorization") {
        if let Ok(value) = http::HeaderValue::from_bytes(value.as_bytes()) {
            head.headers.append(http::header::AUTHORIZATION, value);
        }
    }
    head
}

/// The administrator's token, and whether this start made it.
pub(crate) struct Token {
    pub(crate) guard: BearerToken,
    /// To be shown, once.
    pub(crate) new: Option<String>,
}

pub(crate) fn token_path(data: &Path) -> PathBuf {
    data.join("admin-token")
}

impl Token {
    /// The one that was given, else that in the data folder, which is made where there is none.
    pub(crate) fn find(given: Option<&str>, data: &Path) -> Result<Self, Failure> {
        let path = token_path(data);
        let (text, new) = match (given, files::read(&path)?) {
            (Some(given), _) => (given.to_owned(), None),
            (None, Some(kept)) => (kept.trim().to_owned(), None),
            (None, None) => {
                let made = random_hex()?;
                files::replace(&path, &made)?;
                (made.clone(), Some(made))
            }
        };
        let guard = BearerToken::new(text)
            .map_err(|error| format!("the administrator's token cannot be used: {error}"))?;
        Ok(Self {
            guard: guard.named("admin"),
            new,
        })
    }
}

fn random_hex() -> Result<String, Failure> {
    let mut random = [0; 24];
    getrandom::fill(&mut random)?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}
