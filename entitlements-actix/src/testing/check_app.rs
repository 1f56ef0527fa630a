use std::collections::BTreeSet;
use std::fmt;

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpMessage};
use entitlements_core::{Denial, DenialKind, OrderMistake, OrderWatch};

/// A step of a path that no product has a route for.
const NOBODYS: &str = "entitlements-check-3f1c1e7a-nobody-has-a-route-here";

/// What is wrong with the order of an application's middleware, each with what to do.
#[derive(Clone, PartialEq, Eq)]
pub struct AppMistakes {
    found: Vec<(String, OrderMistake)>,
}

impl AppMistakes {
    /// The request that showed it, and the mistake.
    #[must_use]
    pub fn found(&self) -> &[(String, OrderMistake)] {
        &self.found
    }
}

impl fmt::Display for AppMistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (request, mistake)) in self.found.iter().enumerate() {
            f.write_str(if index > 0 { "\n" } else { "" })?;
            match mistake {
                // Where axum has `route_layer`, actix-web has the resource.
                OrderMistake::NotARoute => write!(
                    f,
                    "{request}: a gate answers for a path that no route has: wrap resources in it in place of the `App` or the scope, so that 404 stays what it is"
                )?,
                mistake => write!(f, "{request}: {mistake}")?,
            }
        }
        Ok(())
    }
}

/// As `Display`: a test that unwraps it shows the sentences.
impl fmt::Debug for AppMistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for AppMistakes {}

/// Sends requests through an application, and some beside them to paths that it has no route for, and tells what is wrong with the
/// order of its middleware: a gate without an engine's layer around it, an engine's layer that looks for the account before the
/// authentication has said it, and a gate around the `App` or a scope, which answers for paths that nobody serves.
///
/// The requests are real: handlers run. Say one for each gated route, with the credentials that the authentication asks for; the
/// paths without a route are made of theirs, so that each scope on the way is asked too. The order of engine and authentication
/// shows in debug builds, which tests are.
///
/// ```
/// # actix_web::rt::System::new().block_on(async {
/// use actix_web::{App, test::TestRequest, web};
/// use entitlements_actix::{EntitlementsLayer, RequireFeature, testing};
///
/// let engine = testing::on_plan(testing::catalog(), "business");
/// let layer = EntitlementsLayer::new(engine.entitlements().clone());
/// let page = || web::get().to(async || "welcome");
/// let right = App::new()
///     .service(web::resource("/sso").wrap(RequireFeature::new("sso")).route(page()))
///     .wrap(layer.clone());
/// testing::check_app(right, [TestRequest::get().uri("/sso")]).await.unwrap();
///
/// let wrong = App::new().route("/sso", page()).wrap(RequireFeature::new("scim")).wrap(layer);
/// let mistakes = testing::check_app(wrong, []).await.unwrap_err();
/// assert!(mistakes.to_string().contains("wrap resources in it"));
/// # });
/// ```
///
/// # Errors
/// The mistakes, each once for the request that showed it.
///
/// # Panics
/// When the application cannot be started.
pub async fn check_app<T, B>(
    app: App<T>,
    requests: impl IntoIterator<Item = TestRequest>,
) -> Result<(), AppMistakes>
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    T::Future: 'static,
    B: MessageBody,
{
    let app = init_service(app).await;
    let mut found = Vec::new();
    let mut beside = BTreeSet::from([format!("/{NOBODYS}")]);
    for request in requests {
        let request = request.to_request();
        beside.extend(unserved(request.path()));
        let name = format!("{} {}", request.method(), request.path());
        let watch = OrderWatch::default();
        request.extensions_mut().insert(watch.clone());
        let answer = app.call(request).await.ok();
        found.extend(
            watch
                .found()
                .into_iter()
                .map(|mistake| (name.clone(), mistake)),
        );
        if answer
            .as_ref()
            .and_then(denied)
            .is_some_and(|denied| denied.layer_missing)
        {
            found.push((name, OrderMistake::LayerMissing));
        }
    }
    'paths: for path in beside {
        for method in [Method::GET, Method::POST] {
            let request = TestRequest::with_uri(&path).method(method.clone());
            let answer = app.call(request.to_request()).await.ok();
            let denied = answer.as_ref().and_then(denied);
            if denied.is_some_and(|denied| !denied.on_a_route) {
                found.push((format!("{method} {path}"), OrderMistake::NotARoute));
                // One for the outermost gate is enough: it answers for all that is inside.
                break 'paths;
            }
        }
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(AppMistakes { found })
    }
}

/// Paths beside this one: for each step of it, another step in its place that nobody has.
fn unserved(path: &str) -> impl Iterator<Item = String> {
    let steps: Vec<_> = path.split('/').skip(1).map(str::to_owned).collect();
    (0..steps.len()).map(move |kept| {
        let kept = steps.iter().take(kept).map(String::as_str);
        let steps: Vec<_> = kept.chain([NOBODYS]).collect();
        format!("/{}", steps.join("/"))
    })
}

/// How a request was denied.
struct Denied {
    layer_missing: bool,
    /// A resource may take any step, as `/users/{id}` does; then a denial is right.
    on_a_route: bool,
}

fn denied<B>(response: &ServiceResponse<B>) -> Option<Denied> {
    let kind = response
        .response()
        .extensions()
        .get::<Denial>()?
        .kind()
        .clone();
    Some(Denied {
        layer_missing: kind == DenialKind::LayerMissing,
        on_a_route: response.request().match_pattern().is_some(),
    })
}
