use super::PriceBuilder;
use super::shared::{self, call, labelled, limit_item, sold};
use crate::catalog::document::{Draft, Item};
use crate::catalog::{AddonLimit, Retention};

/// An add-on, for [`CatalogBuilder::addon`](super::CatalogBuilder::addon).
#[derive(Debug, Clone)]
#[must_use]
pub struct AddonBuilder {
    pub(super) name: String,
    pub(super) draft: Draft,
}

sold!(AddonBuilder);
labelled!(AddonBuilder);

impl AddonBuilder {
    /// Names plans that it may be added to; any where none is named.
    pub fn requires<'a>(mut self, plans: impl IntoIterator<Item = &'a str>) -> Self {
        for plan in plans {
            self.draft
                .push("requires", call("requires", plan), Item::text(plan));
        }
        self
    }

    /// Raises a limit.
    pub fn limit(mut self, limit: &str, change: AddonLimit) -> Self {
        let item = match change {
            AddonLimit::AtLeast(least) => limit_item(least),
            AddonLimit::Add(more) => {
                let mut table = Draft::default();
                table.set("add", String::new(), Item::Integer(more.into()));
                Item::Table(table)
            }
        };
        self.draft.fill("limits", |limits| {
            limits.add(limit, call("limit", limit), item);
        });
        self
    }
}
