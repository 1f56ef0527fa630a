//! What the client sees of a denial, whoever denies.

use actix_web::test::init_service;
use actix_web::{App, HttpResponse, ResponseError, web};
use entitlements_actix::{Current, Denied, RequireFeature, Requirement, denial_response};

use crate::{Answer, ask, get, layer, on, to};

async fn page() -> &'static str {
    "page"
}

/// Status, headers and bytes are the problem's, and nothing else.
fn is_problem(answer: &Answer) {
    let denial = answer.denial.as_ref().expect("the denial rides along");
    let problem = denial.problem();
    assert_eq!(answer.status, problem.status());
    assert_eq!(answer.body, problem.body());
    let mut expected: Vec<_> = problem
        .headers()
        .map(|(name, value)| (name.to_owned(), value.into_owned()))
        .collect();
    let headers = answer.headers.iter();
    let mut got: Vec<_> = headers
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    expected.sort();
    got.sort();
    assert_eq!(got, expected);
}

#[actix_web::test]
async fn a_gate_sends_the_problem_as_core_renders_it() {
    let community = on("community");
    let gate = RequireFeature::new("audit").on(&community);
    let app = init_service(App::new().service(web::resource("/").wrap(gate).to(page))).await;
    for method in ["GET", "POST", "DELETE", "HEAD"] {
        let answer = ask(&app, to(method, "/")).await;
        is_problem(&answer);
        assert_eq!(answer.denial.unwrap().code(), "LICENSE_REQUIRED");
        assert!(answer.body.contains(r#""feature":"audit""#));
    }
}

#[actix_web::test]
async fn a_handler_that_asks_by_itself_answers_as_a_gate_does() {
    async fn export(current: Current) -> Result<&'static str, Denied> {
        current.require(&Requirement::feature("audit"))?;
        Ok("export")
    }
    for (plan, status) in [("community", 402), ("enterprise", 200)] {
        let engine = on(plan);
        let app = App::new()
            .route("/asks", web::get().to(export))
            .service(
                web::resource("/gated")
                    .wrap(RequireFeature::new("audit"))
                    .to(page),
            )
            .wrap(layer(&engine));
        let app = init_service(app).await;
        let (asks, gated) = (
            ask(&app, get("/asks")).await,
            ask(&app, get("/gated")).await,
        );
        assert_eq!((asks.status, gated.status), (status, status));
        if status == 402 {
            is_problem(&asks);
            assert_eq!(asks.body, gated.body);
        }
    }
}

#[actix_web::test]
async fn a_denial_is_an_error_where_actix_wants_one() {
    let community = on("community");
    let denial = community
        .current()
        .require(&Requirement::feature("sso"))
        .unwrap_err();
    let denied = Denied::from(denial.clone());
    assert_eq!(denied.status_code(), 402);
    assert_eq!(denied.to_string(), "feature `sso` is not in force");
    let error = actix_web::Error::from(denied);
    let response: HttpResponse = error.error_response();
    assert_eq!(response.status(), 402);
    assert_eq!(
        denial_response(denial).headers().len(),
        response.headers().len()
    );
}
