//! The limits table, row by row.

use entitlements_core::Limit;
use entitlements_core::catalog::LimitTerm;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::program::CATALOG;
use crate::server::{Panel, SOME_DAY, assert_denied};
use crate::vendor::{business, enterprise, key, with};

/// A number of the table, `NODES` and `USERS` of the license, or no end.
#[derive(Debug, Clone, Copy)]
enum Row {
    Is(u64),
    NodesPlusOne,
    Users,
    Unlimited,
}
use Row::{Is, NodesPlusOne, Unlimited, Users};

/// Community and business, as the vendor's page has them, and what else adding one asks for; enterprise has no limits.
const TABLE: [(&str, u64, Row, Option<&str>); 11] = [
    ("nodes", 1, NodesPlusOne, None),
    ("users", 3, Users, None),
    ("teams", 1, Is(5), None),
    ("custom_roles", 1, Unlimited, Some("custom_roles")),
    ("ldap_servers", 1, Is(3), Some("ldap")),
    ("oauth_providers", 0, Is(3), Some("oauth")),
    ("api_keys", 3, Is(25), Some("api_keys")),
    ("git_connections", 1, Is(5), None),
    ("s3_connections", 1, Is(5), None),
    ("backup_destinations", 1, Is(5), None),
    ("notification_channels", 1, Unlimited, None),
];

impl Row {
    /// With three nodes and fifteen users in the license.
    const fn number(self) -> Option<u64> {
        match self {
            Is(number) => Some(number),
            NodesPlusOne => Some(4),
            Users => Some(15),
            Unlimited => None,
        }
    }
}

/// More than every number of the table.
const MANY: u64 = 30;

#[test]
fn the_catalog_has_the_table_and_nothing_else() {
    let mut of_catalog: Vec<_> = CATALOG.limits().map(|(_, limit)| limit.name()).collect();
    let mut of_table = TABLE.map(|(limit, ..)| limit);
    of_catalog.sort_unstable();
    of_table.sort_unstable();
    assert_eq!(of_catalog, of_table);
    let term = |edition: &str, limit: &str| {
        let plan = CATALOG.plan(edition).unwrap();
        plan.limit(CATALOG.limit_id(limit).unwrap())
    };
    for (limit, community, of_business, _) in TABLE {
        let fixed = |limit| LimitTerm::Fixed(limit);
        assert_eq!(
            term("community", limit),
            fixed(Limit::AtMost(community)),
            "{limit}"
        );
        assert_eq!(
            term("enterprise", limit),
            fixed(Limit::Unlimited),
            "{limit}"
        );
        let is_same = match (of_business, term("business", limit)) {
            (Is(number), LimitTerm::Fixed(Limit::AtMost(other))) => number == other,
            (Unlimited, LimitTerm::Fixed(Limit::Unlimited)) => true,
            (NodesPlusOne, LimitTerm::Licensed { plus, .. }) => plus == 1,
            (Users, LimitTerm::Licensed { plus, .. }) => plus == 0,
            _ => false,
        };
        assert!(is_same, "{limit}");
    }
}

/// Adds of a kind until it is full, and gives the denial of one more; `None` where there is no end.
#[track_caller]
fn fill(panel: &Panel, kind: &str, allowed: Option<u64>) -> Option<Value> {
    let there = panel.names(kind).len() as u64;
    for number in there..allowed.unwrap_or(MANY) {
        let answer = panel.add(kind, &format!("{kind} {number}"));
        assert_eq!(answer.status, 201, "{kind} {number}: {}", answer.text());
    }
    let allowed = allowed?;
    let problem = assert_denied(&panel.add(kind, "one more"), "LIMIT_EXCEEDED");
    assert_eq!(problem["limit"], kind);
    assert_eq!(problem["allowed"], allowed);
    assert_eq!(problem["used"], allowed);
    Some(problem)
}

#[test]
fn each_row_of_community_bites() {
    let folder = tempdir().unwrap();
    let panel = Panel::at(SOME_DAY, folder.path());
    for (limit, community, _, feature) in TABLE {
        let shown = panel.get("/entitlements").json();
        assert_eq!(shown["limits"][limit]["limit"], community, "{limit}");
        match feature {
            None => {
                let problem = fill(&panel, limit, Some(community)).unwrap();
                assert_eq!(problem["available_in"], json!(["business", "enterprise"]));
            }
            // What the edition lacks as a whole it has none of.
            Some(feature) => {
                let problem = assert_denied(&panel.add(limit, "one"), "LICENSE_REQUIRED");
                assert_eq!(problem["feature"], feature);
            }
        }
    }
    // A key that lists these features on top of the community edition: then its numbers hold, and 0 is none.
    let claims = json!({
        "lid": "USN-2027-0003", "edition": "community", "nod": null, "usr": null,
        "features": ["custom_roles", "ldap", "oauth", "api_keys"],
    });
    let answer = panel.activate(&key(&with(&business(), &claims)));
    assert_eq!(answer.status, 200, "{}", answer.text());
    for (limit, community, _, feature) in TABLE {
        if feature.is_some() {
            fill(&panel, limit, Some(community));
        }
    }
    assert_eq!(panel.names("oauth_providers").len(), 0);
}

#[test]
fn each_row_of_business_bites_and_enterprise_has_no_end() {
    let folder = tempdir().unwrap();
    let panel = Panel::at(SOME_DAY, folder.path());
    assert_eq!(panel.activate(&key(&business())).status, 200);
    for (limit, _, of_business, _) in TABLE {
        let allowed = of_business.number();
        let denied = fill(&panel, limit, allowed);
        let shown = &panel.get("/entitlements").json()["limits"][limit];
        assert_eq!(shown["limit"], json!(allowed), "{limit}");
        assert_eq!(shown["used"], allowed.unwrap_or(MANY), "{limit}");
        if let Some(denied) = denied {
            assert!(
                denied["available_in"].to_string().contains("enterprise"),
                "{denied}"
            );
        }
    }
    assert_eq!(panel.activate(&key(&enterprise())).status, 200);
    let shown = panel.get("/entitlements").json();
    for (limit, ..) in TABLE {
        assert_eq!(shown["limits"][limit]["limit"], Value::Null, "{limit}");
        fill(&panel, limit, None);
    }
}

#[test]
fn what_is_bought_comes_on_top_of_the_panels_own_node() {
    let folder = tempdir().unwrap();
    let panel = Panel::at(SOME_DAY, folder.path());
    assert_eq!(panel.names("nodes"), ["this machine"]);
    for (bought, allowed) in [(0, 1), (1, 2), (10, 11)] {
        let claims = with(&business(), &json!({ "nod": bought }));
        assert_eq!(panel.activate(&key(&claims)).status, 200);
        let shown = panel.get("/entitlements").json();
        assert_eq!(shown["limits"]["nodes"]["limit"], allowed);
        assert_eq!(shown["limits"]["nodes"]["used"], 1);
    }
    // The panel's own node is no guest of itself.
    assert_eq!(panel.delete("/nodes/local").status, 404);
}

#[test]
fn several_at_once_are_reserved_or_none() {
    let folder = tempdir().unwrap();
    let panel = Panel::at(SOME_DAY, folder.path());
    let import = |names: &[&str]| panel.post("/users/import", &json!({ "names": names }));
    assert_eq!(import(&["Ada", "Bob"]).status, 201);
    let problem = assert_denied(&import(&["Cem", "Dora"]), "LIMIT_EXCEEDED");
    assert_eq!(
        (&problem["allowed"], &problem["used"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(panel.names("users"), ["Ada", "Bob"]);
    assert_eq!(import(&["Cem"]).status, 201);
    assert_eq!(panel.add("users", "Dora").status, 402);
    let list = panel.get("/users").json();
    let id = list["users"][0]["id"].as_str().unwrap();
    assert_eq!(panel.delete(&format!("/users/{id}")).status, 204);
    assert_eq!(panel.add("users", "Dora").status, 201);
    assert_eq!(import(&[""]).status, 422);
    assert_eq!(import(&[]).status, 422);
    assert_eq!(
        panel
            .post("/users/import", &json!({ "names": null }))
            .status,
        422
    );
}

#[test]
fn a_limit_that_the_program_computes_is_denied_like_any_other() {
    let folder = tempdir().unwrap();
    let panel = Panel::at(SOME_DAY, folder.path());
    assert_eq!(panel.add("terminals", "first").status, 201);
    let problem = assert_denied(&panel.add("terminals", "second"), "LIMIT_EXCEEDED");
    assert_eq!(problem["limit"], "terminals");
    assert_eq!(
        (&problem["allowed"], &problem["used"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(problem["plan"], "community");
    assert_eq!(problem["available_in"], json!(["enterprise"]));
    assert_eq!(panel.activate(&key(&enterprise())).status, 200);
    assert_eq!(panel.add("terminals", "second").status, 201);
    assert_eq!(panel.add("terminals", "third").status, 201);
    drop(panel);

    // Sessions end with the program; what had room for them is said once it has ended too.
    let panel = Panel::at("2028-01-02T00:00:00Z", folder.path());
    assert_eq!(panel.add("terminals", "first").status, 201);
    let problem = assert_denied(&panel.add("terminals", "second"), "LIMIT_EXCEEDED");
    assert_eq!(problem["expired_at"], "2028-01-01T00:00:00Z");
}

#[test]
fn of_many_that_race_for_the_last_places_as_many_get_one_as_there_are() {
    let folder = tempdir().unwrap();
    let panel = Panel::at(SOME_DAY, folder.path());
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..32)
            .map(|number| {
                scope.spawn({
                    let panel = &panel;
                    move || panel.add("users", &format!("racer {number}")).status
                })
            })
            .collect();
        racers
            .into_iter()
            .map(|racer| racer.join().unwrap())
            .collect()
    });
    let taken = statuses.iter().filter(|status| **status == 201).count();
    assert_eq!((taken, panel.names("users").len()), (3, 3), "{statuses:?}");
    assert!(
        statuses.iter().all(|status| matches!(status, 201 | 402)),
        "{statuses:?}"
    );
}

#[test]
fn kinds_without_a_row_have_no_limit() {
    let folder = tempdir().unwrap();
    let panel = Panel::at(SOME_DAY, folder.path());
    for kind in ["stacks", "registries"] {
        fill(&panel, kind, None);
    }
}
