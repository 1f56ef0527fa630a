//! The order of layers that the page shows: a list of the application's own before the authentication, the account's own after it, and
//! what answers CORS preflights around them all.

use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{App, Error, HttpMessage, HttpResponse, test, web};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use entitlements_axum::allowlist::{AllowlistCaller, AllowlistChange};
use entitlements_axum::{AccountId, Entitlements, PeerAddress, testing};
use tower::ServiceExt;

/// Who asks, what is answered, and whether somebody was authenticated for it. The account's list has 192.0.2.7 alone.
const CASES: [(&str, &str, u16, usize); 5] = [
    ("GET", "192.0.2.7:1", 200, 1),
    ("GET", "192.0.2.8:1", 403, 1),
    ("GET", "198.51.100.1:1", 403, 0),
    ("OPTIONS", "198.51.100.1:1", 200, 0),
    ("HEAD", "198.51.100.1:1", 403, 0),
];

/// How often somebody was authenticated.
struct Asked(AtomicUsize);

impl Asked {
    fn note(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn take(&self) -> usize {
        self.0.swap(0, Ordering::Relaxed)
    }
}

async fn engine() -> Entitlements {
    let engine = testing::on_plan(testing::catalog(), "enterprise");
    let engine = engine.entitlements().clone();
    let office = AllowlistChange::add("192.0.2.7", "office", "ann", testing::NOW).unwrap();
    let by = AllowlistCaller::nobody();
    let account = AccountId::LOCAL;
    let changed = engine.change_allowlist(&account, office, by).await;
    changed.unwrap();
    engine
}

#[tokio::test]
async fn in_axum() {
    use axum::middleware::{Next, from_fn};
    use entitlements_axum::{EntitlementsLayer, IpAllowlist};

    static ASKED: Asked = Asked(AtomicUsize::new(0));

    async fn authenticate(mut request: Request, next: Next) -> Response {
        ASKED.note();
        request.extensions_mut().insert(AccountId::LOCAL);
        next.run(request).await
    }

    async fn cors(request: Request, next: Next) -> Response {
        match request.method().as_str() {
            "OPTIONS" => "preflight".into_response(),
            _ => next.run(request).await,
        }
    }

    let engine = engine().await;
    let office = get(async || "open").route_layer(IpAllowlist::per_account());
    let app = Router::new()
        .route("/office", office)
        .layer(EntitlementsLayer::new(engine.clone()))
        .layer(from_fn(authenticate))
        .layer(IpAllowlist::fixed(["192.0.2.0/24"]).on(&engine))
        .layer(from_fn(cors));
    for (method, peer, status, asked) in CASES {
        let peer = PeerAddress(peer.parse().unwrap());
        let request = Request::builder().method(method).uri("/office");
        let request = request.extension(peer).body(Body::empty()).unwrap();
        let answer = app.clone().oneshot(request).await.unwrap();
        let told = (answer.status().as_u16(), ASKED.take());
        assert_eq!(told, (status, asked), "{method} {peer:?}");
    }
}

#[actix_web::test]
async fn in_actix_web() {
    use actix_web::middleware::{Next, from_fn};
    use entitlements_actix::{EntitlementsLayer, IpAllowlist};

    static ASKED: Asked = Asked(AtomicUsize::new(0));

    async fn authenticate(
        request: ServiceRequest,
        next: Next<impl MessageBody>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        ASKED.note();
        request.extensions_mut().insert(AccountId::LOCAL);
        next.call(request).await
    }

    async fn cors<B: MessageBody>(
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<EitherBody<B>>, Error> {
        if request.method() == "OPTIONS" {
            let answer = HttpResponse::Ok().body("preflight");
            return Ok(request.into_response(answer).map_into_right_body());
        }
        Ok(next.call(request).await?.map_into_left_body())
    }

    let engine = engine().await;
    let office = web::get().to(async || "open");
    let app = App::new()
        .route("/office", office.wrap(IpAllowlist::per_account()))
        .wrap(EntitlementsLayer::new(engine.clone()))
        .wrap(from_fn(authenticate))
        .wrap(IpAllowlist::fixed(["192.0.2.0/24"]).on(&engine))
        .wrap(from_fn(cors));
    let app = test::init_service(app).await;
    for (method, peer, status, asked) in CASES {
        let request = test::TestRequest::with_uri("/office").method(method.parse().unwrap());
        let request = request.peer_addr(peer.parse().unwrap()).to_request();
        let answer = test::call_service(&app, request).await;
        let told = (answer.status().as_u16(), ASKED.take());
        assert_eq!(told, (status, asked), "{method} {peer}");
    }
}
