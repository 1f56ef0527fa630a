//! The payload of a denied request is not read, and that of an allowed one is the handler's.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::dev::{Payload, Service};
use actix_web::error::PayloadError;
use actix_web::test::init_service;
use actix_web::web::Bytes;
use actix_web::{App, web};
use entitlements_actix::RequireFeature;
use futures_util::Stream;

use crate::{layer, on, to};

/// A payload that counts how often it is asked.
struct Counted {
    asked: Rc<Cell<usize>>,
}

impl Stream for Counted {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.asked.set(self.asked.get() + 1);
        Poll::Ready((self.asked.get() < 3).then(|| Ok(Bytes::from_static(b"part"))))
    }
}

/// The status, and how often the payload was asked.
pub(crate) fn counted(request: actix_http::Request) -> (actix_http::Request, Rc<Cell<usize>>) {
    let asked = Rc::new(Cell::new(0));
    let payload: Pin<Box<dyn Stream<Item = _>>> = Box::pin(Counted {
        asked: Rc::clone(&asked),
    });
    let (request, _) = request.replace_payload(Payload::Stream { payload });
    (request, asked)
}

#[actix_web::test]
async fn the_payload_of_a_denied_request_is_not_read() {
    async fn length(body: Bytes) -> String {
        body.len().to_string()
    }
    for (plan, status, read) in [("community", 402, 0), ("business", 200, 3)] {
        let app = App::new()
            .service(
                web::resource("/")
                    .wrap(RequireFeature::new("sso"))
                    .to(length),
            )
            .wrap(layer(&on(plan)));
        let app = init_service(app).await;
        let (request, asked) = counted(to("POST", "/").to_request());
        let response = app.call(request).await.unwrap();
        assert_eq!((response.status().as_u16(), asked.get()), (status, read));
    }
}
