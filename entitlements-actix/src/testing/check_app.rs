use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpMessage};
use entitlements_core::testing::{OrderMistakes, paths_beside};
use entitlements_core::{Denial, DenialKind, OrderMistake, OrderWatch};

/// Sends requests through an application, and some beside them to paths that it has no route for, and tells what is wrong with the
/// order of its middleware: a gate without an engine's layer around it, an engine's layer that looks for the account before the
/// authentication has said it, and a gate around the `App` or a scope, which answers for paths that nobody serves.
///
/// The requests are real: handlers run. Say one for each gated route, with the credentials that the authentication asks for; the
/// paths without a route are made of theirs, so that each scope on the way is asked too. Some of it
/// shows in debug builds only, which tests are.
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
/// assert!(mistakes.to_string().contains("`wrap` resources in it"));
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
) -> Result<(), OrderMistakes>
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
    let (mut found, mut paths) = (Vec::new(), Vec::new());
    for request in requests {
        let request = request.to_request();
        paths.push(request.path().to_owned());
        let name = format!("{} {}", request.method(), request.path());
        let mut mistakes = ask(&app, request).await;
        // Who asks for a path that only a default service serves means it.
        mistakes.retain(|mistake| *mistake != OrderMistake::NotARoute);
        found.extend(mistakes.into_iter().map(|mistake| (name.clone(), mistake)));
    }
    'paths: for path in paths_beside(paths.iter().map(String::as_str)) {
        for method in [Method::GET, Method::POST] {
            let request = TestRequest::with_uri(&path).method(method.clone());
            let mistakes = ask(&app, request.to_request()).await;
            if mistakes.contains(&OrderMistake::NotARoute) {
                found.push((format!("{method} {path}"), OrderMistake::NotARoute));
                // One for the outermost gate is enough: it answers for all that is inside.
                break 'paths;
            }
        }
    }
    OrderMistakes::none(found)
}

/// What the request showed.
async fn ask<S, R, B>(app: &S, request: R) -> Vec<OrderMistake>
where
    S: Service<R, Response = ServiceResponse<B>, Error = Error>,
    R: HttpMessage,
{
    let watch = OrderWatch::default();
    request.extensions_mut().insert(watch.clone());
    if let Ok(answer) = app.call(request).await {
        let extensions = answer.response().extensions();
        let denial = extensions.get::<Denial>().map(Denial::kind);
        if denial == Some(&DenialKind::LayerMissing) {
            watch.note(OrderMistake::LayerMissing);
        }
        // A denial of a resource that takes any step, as `/users/{id}` does, is right.
        if denial.is_some() && answer.request().match_pattern().is_none() {
            watch.note(OrderMistake::NotARoute);
        }
    }
    watch.found()
}
