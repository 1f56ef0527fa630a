use actix_web::http::header::HeaderMap;
use actix_web::web::{Bytes, Payload};
use entitlements_admin::Refusal;
use futures_util::TryStreamExt;
use http::header::CONTENT_LENGTH;
use http_body::Frame;
use http_body_util::StreamBody;

/// Reads a payload to its end, and not further than [`MAX_BODY_BYTES`](crate::MAX_BODY_BYTES): for routes of an application that take
/// bodies as the management API does.
///
/// ```
/// # actix_web::rt::System::new().block_on(async {
/// use actix_web::{App, HttpRequest, test, web};
/// use entitlements_actix::{Fields, Refused, read_body};
///
/// async fn greet(request: HttpRequest, payload: web::Payload) -> Result<String, Refused> {
///     let body = read_body(request.headers(), payload).await?;
///     let mut fields = Fields::read(&body)?;
///     let name = fields.string("name").unwrap_or_default().into_owned();
///     fields.finish()?;
///     Ok(format!("hello {name}"))
/// }
///
/// let app = test::init_service(App::new().route("/greet", web::post().to(greet))).await;
/// let post = |body: &'static str| test::TestRequest::post().uri("/greet").set_payload(body).to_request();
/// assert_eq!(test::call_and_read_body(&app, post(r#"{"name":"Ada"}"#)).await, "hello Ada");
/// assert_eq!(test::call_service(&app, post("Ada")).await.status(), 400);
/// # });
/// ```
///
/// # Errors
/// When it is longer (`BODY_TOO_LARGE`), or does not arrive whole (`MALFORMED`).
///
/// # Cancel safety
/// Dropped before it is done, what was read is gone, and the payload with it.
pub async fn read_body(headers: &HeaderMap, payload: Payload) -> Result<Bytes, Refusal> {
    let mut announced = http::HeaderMap::new();
    for length in headers.get_all(CONTENT_LENGTH.as_str()) {
        if let Ok(length) = http::HeaderValue::from_bytes(length.as_bytes()) {
            announced.append(CONTENT_LENGTH, length);
        }
    }
    let body = StreamBody::new(payload.map_ok(Frame::data));
    entitlements_admin::read_body(&announced, body).await
}
