//! Mistakes in the program: found when the gate is built, else answered with 500 and said once in the log.

use std::cell::RefCell;
use std::fmt::{Debug, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use actix_web::test::init_service;
use actix_web::{App, web};
use entitlements_actix::RequireFeature;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::{ask, get, layer, on};

async fn page() -> &'static str {
    "page"
}

#[test]
fn i12_an_unknown_name_does_not_get_past_the_start() {
    let engine = on("business");
    let built = catch_unwind(AssertUnwindSafe(|| RequireFeature::new("ssso").on(&engine)));
    let panic = built.unwrap_err().downcast::<String>().unwrap();
    assert_eq!(
        *panic,
        "a gate cannot be built: unknown feature `ssso`, did you mean `sso`?"
    );
    let unknown = RequireFeature::new("Sso").try_on(&engine).unwrap_err();
    assert_eq!((unknown.name(), unknown.nearest()), ("Sso", Some("sso")));
}

#[actix_web::test]
async fn d3_an_unknown_name_behind_a_layer_is_500_and_one_line() {
    listen();
    let gated = web::resource("/page/{n}")
        .wrap(RequireFeature::new("ssso"))
        .to(page);
    let app = init_service(App::new().service(gated).wrap(layer(&on("enterprise")))).await;
    LINES.take();
    for index in 0..100 {
        let answer = ask(&app, get(&format!("/page/{index}"))).await;
        assert_eq!(
            (answer.status, answer.denial.unwrap().code()),
            (500, "UNKNOWN_FEATURE")
        );
    }
    let lines = LINES.take();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains(r#"path="/page/0""#), "{lines:?}");
    assert!(lines[0].contains("did you mean `sso`?"), "{lines:?}");
}

#[actix_web::test]
async fn d14_a_gate_outside_the_engines_layer_is_500_and_one_line_with_the_path() {
    listen();
    // The wrong way round: the last `wrap` is the outermost.
    let app = App::new()
        .route("/sso", web::get().to(page))
        .wrap(layer(&on("enterprise")))
        .wrap(RequireFeature::new("sso"));
    let app = init_service(app).await;
    LINES.take();
    for _ in 0..100 {
        let answer = ask(&app, get("/sso?token=secret")).await;
        assert_eq!(answer.status, 500);
        assert_eq!(answer.denial.unwrap().code(), "ENTITLEMENTS_LAYER_MISSING");
    }
    let lines = LINES.take();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with("ERROR:"), "{lines:?}");
    assert!(lines[0].contains(r#"path="/sso""#), "{lines:?}");
    assert!(lines[0].contains("EntitlementsLayer"), "{lines:?}");
    // I9: a query may hold a secret.
    assert!(!lines[0].contains("secret"), "{lines:?}");
}

#[actix_web::test]
async fn debug_builds_log_once_that_a_gate_is_around_more_than_routes() {
    listen();
    for plan in ["community", "business"] {
        let app = App::new()
            .route("/sso", web::get().to(page))
            .wrap(RequireFeature::new("sso"))
            .wrap(layer(&on(plan)));
        let app = init_service(app).await;
        LINES.take();
        for path in ["/sso", "/nothing", "/sso", "/nothing/either"] {
            ask(&app, get(path)).await;
        }
        let lines = LINES.take();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains(r#"path="/nothing""#), "{lines:?}");
        assert!(lines[0].contains("`wrap` resources in it"), "{lines:?}");
    }
}

#[actix_web::test]
async fn denials_that_are_no_mistake_are_not_logged() {
    listen();
    let gate = RequireFeature::new("sso").on(&on("community"));
    let app = init_service(App::new().service(web::resource("/").wrap(gate).to(page))).await;
    LINES.take();
    for _ in 0..20 {
        assert_eq!(ask(&app, get("/")).await.status, 402);
    }
    assert_eq!(LINES.take(), Vec::<String>::new());
}

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Begins to listen to what each thread logs of this crate and core.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Listener).unwrap());
}

struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Every denial is told of below that.
        let is_told = *metadata.level() <= tracing::Level::INFO;
        is_told && metadata.target().starts_with("entitlements")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(format!("{}:", event.metadata().level()));
        event.record(&mut line);
        LINES.with_borrow_mut(|lines| lines.push(line.0));
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}
