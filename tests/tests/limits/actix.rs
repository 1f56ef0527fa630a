//! The middleware in actix-web, on threads of its own.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::body::{BodySize, BodyStream, MessageBody, SizedStream};
use actix_web::dev::Service;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use entitlements_actix::{EntitlementsLayer, RequireLimit, Settle};

use crate::story::{Answer, Story};

/// Serves until the tests end.
pub(crate) fn serve(story: Arc<Story>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let app = move || {
        let gate = RequireLimit::new("users")
            .and_give_back("users")
            .and_lease("connections");
        let at_end = gate.clone().settle(Settle::AtBodyEnd);
        let outside = Arc::clone(&story);
        App::new()
            .app_data(web::Data::from(Arc::clone(&story)))
            .service(web::resource("/end/{how}").wrap(at_end).to(answer))
            .service(web::resource("/{how}").wrap(gate).to(answer))
            .wrap(EntitlementsLayer::new(story.engine.entitlements().clone()))
            .wrap_fn(move |request, inner| {
                let (response, outside) = (inner.call(request), Arc::clone(&outside));
                async move {
                    let response = response.await?;
                    outside.answered(response.status().as_u16());
                    Ok(response)
                }
            })
    };
    std::thread::spawn(move || {
        let server = HttpServer::new(app).workers(2).disable_signals();
        actix_web::rt::System::new().block_on(server.listen(listener).unwrap().run())
    });
    address
}

async fn answer(
    story: web::Data<Story>,
    request: HttpRequest,
    how: web::Path<String>,
) -> HttpResponse {
    let Answer {
        status,
        length,
        chunks,
    } = story.answer(request.method().as_str(), &how).await;
    let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap());
    // actix-web would end the chunks of a stream that 204 says there is none of, into the next answer.
    if status == 204 {
        return response.finish();
    }
    match length {
        Some(length) => {
            let body = SizedStream::new(length, chunks);
            debug_assert_eq!(body.size(), BodySize::Sized(length));
            response.body(body)
        }
        None => response.body(BodyStream::new(chunks)),
    }
}
