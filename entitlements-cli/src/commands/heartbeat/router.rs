//! `POST /beats` for deployments, `GET /licenses` for the vendor.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use entitlements_core::Clock;
use entitlements_outbound::heartbeat::{Beat, BeatError, MOST_BEAT_BYTES};
use serde_json::json;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::ledger::{Ledger, Taken};

/// What the routes share.
pub(super) struct Service {
    ledger: Mutex<Book>,
    token: Zeroizing<String>,
    clock: Arc<dyn Clock>,
}

struct Book {
    ledger: Ledger,
    has_changed: bool,
}

impl Service {
    pub(super) fn new(
        ledger: Ledger,
        token: Zeroizing<String>,
        clock: Arc<dyn Clock>,
    ) -> Arc<Self> {
        let book = Book {
            ledger,
            has_changed: false,
        };
        Arc::new(Self {
            ledger: Mutex::new(book),
            token,
            clock,
        })
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the ledger to `keep` if it changed since that last went well.
    pub(super) fn keep<E>(&self, keep: impl FnOnce(&Ledger) -> Result<(), E>) -> Result<(), E> {
        let mut book = self.book();
        if book.has_changed {
            keep(&book.ledger)?;
            book.has_changed = false;
        }
        Ok(())
    }

    fn is_vendor(&self, headers: &HeaderMap) -> bool {
        let sent = headers.get(AUTHORIZATION).map(|value| value.as_bytes());
        let Some((scheme, token)) = sent.and_then(|sent| sent.split_at_checked(7)) else {
            return false;
        };
        scheme.eq_ignore_ascii_case(b"bearer ") && bool::from(token.ct_eq(self.token.as_bytes()))
    }
}

pub(super) fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/beats", post(take))
        .route("/licenses", get(licenses))
        .fallback(async || problem(StatusCode::NOT_FOUND, "NOT_FOUND", "there is no such page"))
        .method_not_allowed_fallback(async || {
            problem(
                StatusCode::METHOD_NOT_ALLOWED,
                "METHOD_NOT_ALLOWED",
                "not by this method",
            )
        })
        .with_state(service)
}

/// A beat that is well formed is answered alike, whether its licenses are the vendor's or not.
async fn take(State(service): State<Arc<Service>>, body: Body) -> Response {
    let Ok(body) = to_bytes(body, MOST_BEAT_BYTES).await else {
        return too_large();
    };
    let beat = match Beat::read(&body) {
        Ok(beat) => beat,
        Err(BeatError::TooLarge) => return too_large(),
        Err(BeatError::Json) => {
            return problem(
                StatusCode::BAD_REQUEST,
                "MALFORMED",
                &BeatError::Json.to_string(),
            );
        }
        Err(error) => {
            return problem(
                StatusCode::UNPROCESSABLE_ENTITY,
                "INVALID",
                &error.to_string(),
            );
        }
    };
    let now = service.clock.now();
    let mut book = service.book();
    book.has_changed = true;
    match book.ledger.take(&beat, now) {
        Taken::Whole => StatusCode::NO_CONTENT.into_response(),
        Taken::NoRoom => {
            let detail = "there is no room for more at the moment";
            let full = problem(StatusCode::SERVICE_UNAVAILABLE, "FULL", detail);
            with(full, RETRY_AFTER, "86400")
        }
    }
}

async fn licenses(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    if !service.is_vendor(&headers) {
        let refused = problem(
            StatusCode::UNAUTHORIZED,
            "UNAUTHORIZED",
            "the vendor's token is needed",
        );
        return with(refused, WWW_AUTHENTICATE, "Bearer");
    }
    let now = service.clock.now();
    let report = serde_json::to_string(&service.book().ledger.report(now));
    match report {
        Ok(report) => {
            let headers = [
                (CONTENT_TYPE, "application/json"),
                (CACHE_CONTROL, "no-store"),
            ];
            (headers, report).into_response()
        }
        Err(_) => problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL",
            "no report could be made",
        ),
    }
}

fn too_large() -> Response {
    let detail = BeatError::TooLarge.to_string();
    problem(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", &detail)
}

/// RFC 9457.
fn problem(status: StatusCode, code: &str, detail: &str) -> Response {
    let title = status.canonical_reason().unwrap_or_default();
    let body = json!({
        "type": "about:blank", "title": title, "status": status.as_u16(), "code": code, "detail": detail,
    });
    let headers = [
        (CONTENT_TYPE, "application/problem+json"),
        (CACHE_CONTROL, "no-store"),
    ];
    (status, headers, body.to_string()).into_response()
}

fn with(mut response: Response, name: HeaderName, value: &'static str) -> Response {
    let value = axum::http::HeaderValue::from_static(value);
    response.headers_mut().insert(name, value);
    response
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::Request;
    use entitlements_core::testing::ManualClock;
    use entitlements_outbound::heartbeat::license_fingerprint;
    use http_body_util::BodyExt as _;
    use serde_json::Value;
    use tower::ServiceExt as _;

    use super::*;

    const TOKEN: &str = "0b8f7e2a4c6d4e5fa1b2";

    fn service() -> Router {
        let clock = ManualClock::at("2027-01-31T12:00:00Z".parse().unwrap());
        let ledger = Ledger::new(Duration::from_secs(30 * 86_400), None);
        router(Service::new(
            ledger,
            Zeroizing::new(TOKEN.to_owned()),
            Arc::new(clock),
        ))
    }

    fn beat(cluster: u32) -> String {
        json!({
            "schema": 1, "cluster": format!("{cluster:032x}"), "product": "Acme", "version": "1.0",
            "licenses": [license_fingerprint("lic_1")], "nodes": 2, "features": [],
        })
        .to_string()
    }

    async fn send(router: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
        let (head, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (
            head.status,
            head.headers,
            String::from_utf8(body.to_vec()).unwrap(),
        )
    }

    async fn post_beat(router: &Router, body: impl Into<Body>) -> (StatusCode, String) {
        let request = Request::post("/beats").body(body.into()).unwrap();
        let (status, _, body) = send(router, request).await;
        (status, body)
    }

    async fn read(router: &Router, authorization: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::get("/licenses").header("authorization", authorization);
        send(router, request.body(Body::empty()).unwrap()).await
    }

    #[tokio::test]
    async fn the_vendor_sees_one_license_on_two_clusters() {
        let router = service();
        for cluster in [1, 2] {
            let (status, body) = post_beat(&router, beat(cluster)).await;
            assert_eq!((status, &*body), (StatusCode::NO_CONTENT, ""));
        }
        let (status, headers, body) = read(&router, &format!("Bearer {TOKEN}")).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers["cache-control"], "no-store");
        let report: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(report["at"], "2027-01-31T12:00:00Z");
        let license = &report["licenses"][0];
        let both = json!(["several_clusters", "several_clusters_at_once"]);
        assert_eq!(license["flags"], both);
        assert_eq!(license["nodes_at_once"], 4);
    }

    #[tokio::test]
    async fn nobody_else_does() {
        let router = service();
        post_beat(&router, beat(1)).await;
        for authorization in ["", "Bearer", "Bearer ", "Bearer x", "Basic x", TOKEN] {
            let (status, headers, body) = read(&router, authorization).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{authorization}");
            assert_eq!(headers["www-authenticate"], "Bearer");
            assert!(!body.contains("sha256"));
        }
        let longer = format!("Bearer {TOKEN}x");
        assert_eq!(read(&router, &longer).await.0, StatusCode::UNAUTHORIZED);
    }

    #[tokio::test]
    async fn what_is_no_beat_is_refused() {
        let router = service();
        let unknown = beat(1).replace("\"nodes\"", "\"host\":\"x\",\"nodes\"");
        let wrong = beat(1).replace("sha256:", "sha512:");
        for (body, expected) in [
            ("", StatusCode::BAD_REQUEST),
            ("{}", StatusCode::BAD_REQUEST),
            (&*unknown, StatusCode::BAD_REQUEST),
            (&*wrong, StatusCode::UNPROCESSABLE_ENTITY),
            (
                &*" ".repeat(MOST_BEAT_BYTES + 1),
                StatusCode::PAYLOAD_TOO_LARGE,
            ),
        ] {
            let (status, body) = post_beat(&router, body.to_owned()).await;
            assert_eq!(status, expected, "{body}");
            assert!(body.contains("\"code\""));
        }
        for (method, path, expected) in [
            ("GET", "/beats", StatusCode::METHOD_NOT_ALLOWED),
            ("DELETE", "/licenses", StatusCode::METHOD_NOT_ALLOWED),
            ("GET", "/", StatusCode::NOT_FOUND),
        ] {
            let request = Request::builder().method(method).uri(path);
            let request = request.body(Body::empty()).unwrap();
            assert_eq!(send(&router, request).await.0, expected, "{method} {path}");
        }
    }
}
