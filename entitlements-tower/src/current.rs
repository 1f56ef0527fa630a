use entitlements_core::{Current, Denial, NoCurrent};
use http::Extensions;

/// What holds for a request, for a handler that asks by itself: the very set that the gates in front of it judged by.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use entitlements_core::{Denial, Requirement, testing};
/// use entitlements_tower::{EntitlementsLayer, current, denial_response};
/// use http::{Request, Response};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// fn export(request: &Request<()>) -> Result<Response<String>, Denial> {
///     let current = current(request.extensions())?;
///     current.require(&Requirement::feature("audit"))?;
///     Ok(Response::new(format!("what {} did", current.account())))
/// }
///
/// let engine = testing::on_plan(testing::catalog(), "business");
/// let service = ServiceBuilder::new()
///     .layer(EntitlementsLayer::new(engine.entitlements().clone()))
///     .service(service_fn(async |request: Request<()>| {
///         Ok::<_, std::convert::Infallible>(export(&request).unwrap_or_else(denial_response))
///     }));
/// assert_eq!(service.oneshot(Request::new(())).await?.status(), 402);
/// # Ok::<(), std::convert::Infallible>(())
/// # }).unwrap();
/// ```
///
/// # Errors
/// The denial to answer: no account can be told from the request (401 `ACCOUNT_UNKNOWN`), the accounts cannot be asked (503), or it
/// did not pass an [`EntitlementsLayer`](crate::EntitlementsLayer), which is a mistake in the program (500
/// `ENTITLEMENTS_LAYER_MISSING`).
pub fn current(extensions: &Extensions) -> Result<&Current, Denial> {
    let current = extensions.get::<Current>();
    current.ok_or_else(|| NoCurrent::denial_of(extensions.get()))
}
