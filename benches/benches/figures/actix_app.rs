//! Four gates on an actix-web app, beside four of actix-web's own `from_fn` gates that ask the same.

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, HttpResponse, test, web};
use entitlements_actix::{Entitlements, EntitlementsLayer, RequireFeature};
use entitlements_benches::measure::{Case, compare};
use entitlements_benches::report::Table;

use crate::tower_service::engine;

const OURS: &str = "`EntitlementsLayer` and four gates";
const LAYER: &str = "`EntitlementsLayer` alone";
const BY_HAND: &str = "four `from_fn` gates";

async fn page() -> &'static str {
    "welcome"
}

async fn by_hand<B: MessageBody + 'static>(
    feature: &'static str,
    entitlements: Entitlements,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<actix_web::body::EitherBody<B>>, Error> {
    if entitlements.current().has(feature) {
        next.call(request)
            .await
            .map(ServiceResponse::map_into_left_body)
    } else {
        let denied = HttpResponse::PaymentRequired().finish();
        Ok(request.into_response(denied).map_into_right_body())
    }
}

macro_rules! gate {
    ($entitlements:expr, $feature:literal) => {{
        let entitlements = $entitlements.clone();
        from_fn(move |request, next| by_hand($feature, entitlements.clone(), request, next))
    }};
}

fn answer<S, B>(service: &S)
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
{
    let request = test::TestRequest::with_uri("/page").to_request();
    let future = pin!(service.call(request));
    let Poll::Ready(Ok(response)) = future.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("the app does not answer at once");
    };
    assert_eq!(black_box(response).status(), 200);
}

pub(crate) fn table() -> Table {
    actix_web::rt::System::new().block_on(measured())
}

async fn measured() -> Table {
    let entitlements = engine();
    let bare = test::init_service(App::new().route("/page", web::get().to(page))).await;
    let layer = test::init_service(
        App::new()
            .wrap(EntitlementsLayer::new(entitlements.clone()))
            .route("/page", web::get().to(page)),
    )
    .await;
    let ours = test::init_service(
        App::new()
            .wrap(RequireFeature::new("ip_allowlist"))
            .wrap(RequireFeature::new("scim"))
            .wrap(RequireFeature::new("audit"))
            .wrap(RequireFeature::new("sso"))
            .wrap(EntitlementsLayer::new(entitlements.clone()))
            .route("/page", web::get().to(page)),
    )
    .await;
    let hand = test::init_service(
        App::new()
            .wrap(gate!(entitlements, "ip_allowlist"))
            .wrap(gate!(entitlements, "scim"))
            .wrap(gate!(entitlements, "audit"))
            .wrap(gate!(entitlements, "sso"))
            .route("/page", web::get().to(page)),
    )
    .await;
    let figures = compare(vec![
        Case::new("bare app", || answer(&bare)),
        Case::new(LAYER, || answer(&layer)),
        Case::new(OURS, || answer(&ours)),
        Case::new(BY_HAND, || answer(&hand)),
    ]);
    let mut table = Table {
        title: "Four gates and an actix-web app",
        about: "An allowed request to a route that answers with a constant; the peer is `actix_web::middleware::from_fn` asking the same engine for the same features.",
        figures,
        bars: Vec::new(),
    };
    let bare = table.nanoseconds("bare app");
    let added = table.nanoseconds(OURS) - bare;
    let hand = table.nanoseconds(BY_HAND) - bare;
    table.bar(
        "added, to what four `from_fn` gates add",
        added / hand,
        0.6,
        "x",
    );
    let more = table.allocations(OURS) - table.allocations(LAYER);
    table.bar("allocations of four gates", more, 0.0, "");
    table
}
