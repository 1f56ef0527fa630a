//! What a body says of an account: read as it was sent, and then made of what is there.

mod name;
mod overrides;
mod sent;
mod status;

pub(crate) use name::LONGEST_NAME;
pub(crate) use overrides::SentOverride;
pub(crate) use sent::{SentTerms, field_errors};
