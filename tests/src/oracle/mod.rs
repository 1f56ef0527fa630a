//! A second decider, written from the pages of `spec/` alone: slow, obvious, and sharing no rule with the library.
//!
//! It reads the catalog's document itself, resolves anew for every question, and writes the denial's body letter by letter.
//! Property tests hold the library against it. Of the library it uses only values: times, and what an account was sold.
//!
//! - `catalog.rs`: the product (C6 to C20);
//! - `license.rs`: a license and its state (S1 to S10);
//! - `source.rs`: what one license or subscription gives (R2 to R4, R8);
//! - `account.rs`: everything an account has together (R1, R5 to R7);
//! - `asked.rs`: what a route asks for (D1);
//! - `address.rs`: from where it may come (D19, W1, W3, W12);
//! - `decision.rs`, `limits.rs`: may it pass (D2 to D13, U9, U10);
//! - `rates.rs`, `bucket.rs`: and how fast (Q1 to Q8, Q13 to Q22);
//! - `body.rs`: what the client reads.

mod account;
mod address;
mod asked;
mod body;
mod bucket;
mod catalog;
mod decision;
mod license;
mod limits;
mod rates;
mod source;

pub use account::{Has, has};
pub use address::AddressesAsked;
pub use asked::{Asked, Term};
pub use body::Answer;
pub use bucket::Speed;
pub use catalog::{Number, Pace, Product, product};
pub use decision::{answer, answer_to_preflight};
pub use license::{License, State};
pub use rates::{
    CountedBy, RateAsked, RatedAnswer, Request, Spent, Told, WhichRate, answer_in_time,
};

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use entitlements_core::DeploymentMode;
use entitlements_core::account::AccountTerms;

/// Everything that an answer follows from, but what is asked.
#[derive(Debug, Clone)]
pub struct World {
    /// The product.
    pub product: Product,
    /// Who runs it.
    pub mode: DeploymentMode,
    /// Which deployment this is, if it is known.
    pub deployment: Option<String>,
    /// The licenses that it was configured with.
    pub licenses: Vec<License>,
    /// Whether it was also configured with a key that does not verify.
    pub forged: bool,
    /// The ids of licenses on a revocation list.
    pub revoked: BTreeSet<String>,
    /// What the account was sold.
    pub terms: AccountTerms,
    /// How many the account uses of each limit; none of those that are not here.
    pub used: BTreeMap<String, u64>,
    /// The ranges of the account's list, and whether each is active.
    pub list: Vec<(String, bool)>,
    /// From where the request comes; none where that cannot be told.
    pub client: Option<IpAddr>,
    /// The time of the request, in seconds.
    pub now: i64,
}
