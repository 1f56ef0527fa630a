use std::fmt;

use crate::catalog::document::Item;
use crate::catalog::error::shortened;
use crate::catalog::{Limit, Retention};

/// A call as it is shown: its method and its first argument.
pub(super) fn call(method: &str, name: &str) -> String {
    format!(".{method}({:?})", shortened(name))
}

/// A call whose argument is not text.
pub(super) fn call_with(method: &str, value: impl fmt::Display) -> String {
    format!(".{method}({value})")
}

pub(super) fn limit_item(limit: Limit) -> Item {
    match limit {
        Limit::AtMost(number) => Item::Integer(number.into()),
        Limit::Unlimited => Item::text("unlimited"),
    }
}

pub(super) fn retention_item(retention: Retention) -> Item {
    match retention {
        Retention::Flag(flag) => Item::Boolean(flag),
        Retention::Days(days) => Item::Integer(days.into()),
        Retention::Unlimited => Item::text("unlimited"),
    }
}

/// Gives builders the calls for what is shown to people.
macro_rules! labelled {
    ($type:ty) => {
        impl $type {
            /// Names it for people; without it, they see the technical name.
            pub fn title(mut self, title: &str) -> Self {
                self.draft
                    .set("name", shared::call("title", title), Item::text(title));
                self
            }

            /// Describes it to people.
            pub fn description(mut self, text: &str) -> Self {
                self.draft.set(
                    "description",
                    shared::call("description", text),
                    Item::text(text),
                );
                self
            }
        }
    };
}

/// Gives builders the calls for what plans and add-ons both have.
macro_rules! sold {
    ($type:ty) => {
        impl $type {
            /// Begins one with this name, which license keys and the API use.
            pub fn new(name: &str) -> Self {
                Self {
                    name: name.to_owned(),
                    draft: Draft::default(),
                }
            }

            /// Adds features.
            pub fn features<'a>(mut self, features: impl IntoIterator<Item = &'a str>) -> Self {
                for feature in features {
                    self.draft.push(
                        "features",
                        shared::call("feature", feature),
                        Item::text(feature),
                    );
                }
                self
            }

            /// Says how long something is kept, or how.
            pub fn retention(mut self, name: &str, retention: Retention) -> Self {
                self.draft.fill("retention", |table| {
                    table.add(
                        name,
                        shared::call("retention", name),
                        shared::retention_item(retention),
                    );
                });
                self
            }

            /// Says what it costs.
            pub fn price(mut self, price: PriceBuilder) -> Self {
                self.draft
                    .set("price", ".price()".into(), Item::Table(price.draft));
                self
            }

            /// Adds a Stripe price that stands for it.
            pub fn stripe_price(mut self, price: &str) -> Self {
                self.draft.push(
                    "stripe_prices",
                    shared::call("stripe_price", price),
                    Item::text(price),
                );
                self
            }
        }
    };
}

pub(super) use {labelled, sold};
