//! What an application wraps around its gates, as a CORS layer does, sees denials as answers like any other.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::init_service;
use actix_web::{App, Error, HttpResponse, web};
use entitlements_actix::{Denial, RequireFeature};

use crate::{ask, get, layer, on};

async fn page() -> &'static str {
    "page"
}

/// As a CORS layer, this one does nothing to errors.
async fn cors<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    let code = response
        .response()
        .extensions()
        .get::<Denial>()
        .map(Denial::code);
    let headers = response.headers_mut();
    let mut insert = |name, value| {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    insert("access-control-allow-origin", "*");
    if let Some(code) = code {
        insert("x-denial", code);
    }
    Ok(response)
}

#[actix_web::test]
async fn layers_outside_see_the_denial() {
    let app = App::new()
        .service(
            web::resource("/sso")
                .wrap(RequireFeature::new("sso"))
                .to(page),
        )
        .route("/open", web::get().to(page))
        .wrap(layer(&on("community")))
        .wrap(from_fn(cors));
    let app = init_service(app).await;
    let denied = ask(&app, get("/sso")).await;
    assert_eq!(denied.status, 402);
    assert_eq!(denied.header("access-control-allow-origin"), Some("*"));
    assert_eq!(denied.header("x-denial"), Some("LICENSE_REQUIRED"));
    let open = ask(&app, get("/open")).await;
    assert_eq!((open.status, open.header("x-denial")), (200, None));
}

/// An application's own pages for denials, made outside of the gate.
#[actix_web::test]
async fn a_denial_can_be_answered_in_the_applications_own_words() {
    async fn own<B: MessageBody + 'static>(
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse, Error> {
        let response = next.call(request).await?;
        let denial = response.response().extensions().get::<Denial>().cloned();
        Ok(match denial {
            Some(denial) => {
                let page = format!("Upgrade to {}", denial.available_in()[0]);
                response.into_response(HttpResponse::Ok().body(page))
            }
            None => response.map_into_boxed_body(),
        })
    }
    let app = App::new()
        .service(
            web::resource("/sso")
                .wrap(RequireFeature::new("sso"))
                .to(page),
        )
        .wrap(layer(&on("community")))
        .wrap(from_fn(own));
    let app = init_service(app).await;
    assert_eq!(ask(&app, get("/sso")).await.body, "Upgrade to business");
}
