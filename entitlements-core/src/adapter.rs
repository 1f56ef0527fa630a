//! What the adapter of a framework is made of. Applications need none of it.
//!
//! - Its layer keeps [`Callers`], asks it about each request, and puts the [`Current`](crate::Current) that it gets into the
//!   request's extensions, or the [`NoCurrent`](crate::NoCurrent) that says why there is none.
//! - Its gate keeps a [`Gate`], and lets a request through where [`Gate::passes`] says so, as it does for nearly all; or does what
//!   [`Gate::quick`] says, where addresses or rates are asked for. What becomes of others is what the [`Admission`] of [`Gate::admit`]
//!   says. Where either tells of rates, their lines go into the head of the response:
//!   [`RateReport::visit`](crate::rate::RateReport::visit).
//! - Where the framework clones services for each request, the service that the layer makes keeps what [`Callers::rooted`] and
//!   [`Gate::rooted`] answer: threads do not wait for each other to count the clones then.
//! - A [`Hold`] stays beside the response that is waited for, and hears from the response's head what came of it: [`Answered`]. Where
//!   that gives a [`BodyHold`], it stays with the body to its end; [`BodyProgress`] tells by what is sent where that is.
//! - A handler that wants the client's address gets it by [`client_or_denial`], told by the same settings as at the gates.
//! - A denial says by itself what is sent: [`Denial::problem`](crate::Denial::problem), and
//!   [`is_grpc`](crate::is_grpc) whether the request takes that.
//!
//! Requests are read through [`RequestHead`](crate::RequestHead), which the adapter implements for the framework's own. It decides
//! nothing itself: `entitlements-tower` and `entitlements-actix` are examples.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! use entitlements_core::adapter::{Admission, Answered, Callers, Gate};
//! use entitlements_core::testing::{self, TestRequest};
//! use entitlements_core::{AccountId, Requirement};
//!
//! let engine = testing::on_plan(testing::catalog(), "community");
//! let callers = Callers::new(engine.entitlements().clone());
//! let gate = Gate::new(Requirement::limit("users"));
//!
//! let request = TestRequest::new("POST", "/users");
//! let current = callers.known(&request);
//! assert!(!gate.passes(current.as_ref(), &request), "a limit has to be counted");
//! let Admission::Hold(hold) = gate.admit(current.as_ref(), &request) else {
//!     panic!("there is room");
//! };
//! // … the handler creates a user, and answers 201 …
//! assert!(hold.head(Answered::with(201, None)).await.is_none(), "nothing is held for the body");
//! assert_eq!(engine.limit(&AccountId::LOCAL, "users").used().await?, 1);
//! # Ok::<(), entitlements_core::Denial>(())
//! # }).unwrap();
//! ```

pub use crate::engine::{Callers, client_or_denial};
pub use crate::gate::{Admission, Answered, BodyHold, BodyProgress, Gate, Hold, Quick};
