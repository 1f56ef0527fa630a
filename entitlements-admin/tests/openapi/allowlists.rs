//! Lists of addresses: what an owner may do, with the feature and without.

use std::sync::Arc;

use entitlements_admin::AdminApi;
use entitlements_core::allowlist::{AllowlistChange, AllowlistStore, ChangedBy, MemoryAllowlists};
use entitlements_core::testing::{NOW, TestEngine, TestVendor};
use entitlements_core::{AccountId, Catalog, EntitlementsBuilder};
use serde_json::json;

use crate::world::{Who, World, api, catalog, engine};

pub(crate) const ENTRIES: &str = "/account/ip-allowlist";

/// A list with an entry; its id.
pub(crate) async fn filled(lists: &MemoryAllowlists) -> String {
    let office = AllowlistChange::add("192.0.2.0/24", "office", "ann", NOW).unwrap();
    let id = office.id().to_owned();
    let by = ChangedBy::nobody();
    let acme = AccountId::new("acme");
    lists.change(&acme, office, by).await.unwrap();
    id
}

/// Adding and widening, which are refused.
pub(crate) async fn growing(world: &mut World, api: &AdminApi, id: &str, status: u16, code: &str) {
    let wider = json!({ "ip_range": "192.0.0.0/16" }).to_string();
    for (method, path) in [
        ("POST", ENTRIES.to_owned()),
        ("PATCH", format!("{ENTRIES}/{id}")),
    ] {
        let answer = world.ask_of(api, Who::Owner, method, &path, &wider).await;
        let got = (answer.status, answer.body["code"].as_str());
        assert_eq!(got, (status, Some(code)), "{method} {:#}", answer.body);
    }
}

/// An engine with a license for the plan business, over these lists.
fn licensed(
    lists: &MemoryAllowlists,
    say: impl FnOnce(EntitlementsBuilder) -> EntitlementsBuilder,
) -> TestEngine {
    let vendor = TestVendor::new();
    let key = vendor.key(&catalog(), |draft| draft.plan("business"));
    let lists = lists.clone();
    engine(vendor, |builder| {
        say(builder.license_key(key).allowlists(lists))
    })
}

pub(crate) async fn tell(world: &mut World) {
    let lists = MemoryAllowlists::default();
    let office = filled(&lists).await;
    let good = licensed(&lists, |builder| builder);
    let api = api(&good);
    let made = json!({ "ip_range": "2001:db8::/32", "description": "home" }).to_string();
    let answer = world.ask_of(&api, Who::Owner, "POST", ENTRIES, &made).await;
    assert_eq!(answer.status, 201, "{:#}", answer.body);
    let home = format!("{ENTRIES}/{}", answer.body["id"].as_str().unwrap());
    let off = json!({ "is_active": false, "description": null }).to_string();
    for (method, path, body, status) in [
        ("GET", ENTRIES, "", 200),
        ("POST", ENTRIES, &*made, 422),
        // Nobody knows from where it is asked.
        ("DELETE", &home, "", 422),
        ("PATCH", &home, &off, 422),
        ("PATCH", &format!("{home}?force=true"), &off, 200),
        ("PATCH", &home, "{}", 200),
        ("DELETE", &home, "", 204),
        ("DELETE", &home, "", 404),
        ("PATCH", &home, "{}", 404),
    ] {
        let answer = world.ask_of(&api, Who::Owner, method, path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {:#}", answer.body);
    }
    denied(world, &lists, &office).await;
}

async fn denied(world: &mut World, lists: &MemoryAllowlists, office: &str) {
    let ended = licensed(lists, |builder| builder);
    ended.clock().advance_days(400);
    growing(world, &api(&ended), office, 402, "LICENSE_EXPIRED").await;
    let ended = licensed(
        lists,
        EntitlementsBuilder::forbidden_instead_of_payment_required,
    );
    ended.clock().advance_days(400);
    growing(world, &api(&ended), office, 403, "LICENSE_EXPIRED").await;

    let without = |builder: EntitlementsBuilder| builder.allowlists(lists.clone());
    let free = engine(TestVendor::new(), without);
    growing(world, &api(&free), office, 402, "LICENSE_REQUIRED").await;
    let free = engine(TestVendor::new(), |builder| {
        without(builder).forbidden_instead_of_payment_required()
    });
    growing(world, &api(&free), office, 403, "LICENSE_REQUIRED").await;

    let bare = "schema = 1\n[product]\nname = \"Panel\"\ndefault_plan = \"free\"\n[plans.free]\n";
    let bare = Arc::new(Catalog::from_toml(bare).unwrap());
    let (bare, _upkeep) = TestEngine::build(bare, TestVendor::new(), without);
    growing(world, &api(&bare), office, 500, "UNKNOWN_FEATURE").await;
}
