//! The ports as the engine asks them: each error is counted, and passed on.
//!
//! What a port's trait says for stores that say nothing is passed on as well: a method that is added there is added here.

mod accounts;
mod allowlists;
mod audit;
mod licenses;
mod usage;

use super::Backend;
use crate::Reply;

/// A store whose errors are counted.
#[derive(Debug)]
pub(crate) struct Watched<S>(pub(crate) S);

fn seen<T: 'static, E: 'static>(
    backend: Backend,
    reply: Reply<Result<T, E>>,
) -> Reply<Result<T, E>> {
    reply.map(move |answer| backend.seen(answer))
}
