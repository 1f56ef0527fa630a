//! `catalog diff`: what customers lose and gain, losses first.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "integration tests"
)]

mod common;
mod unusual;

use common::{CATALOG, Desk, Ran};
use serde_json::{Value, json};
use unusual::width;

/// `catalog.toml`, and `next.toml` with these replaced.
fn desk(replacements: &[(&str, &str)]) -> Desk {
    let desk = Desk::empty();
    let mut next = CATALOG.to_owned();
    for (line, replacement) in replacements {
        assert_eq!(next.matches(line).count(), 1, "`{line}` is not one place");
        next = next.replace(line, replacement);
    }
    desk.write("catalog.toml", CATALOG);
    desk.write("next.toml", next);
    desk
}

fn diff(desk: &Desk, arguments: &[&str]) -> Ran {
    let ran = desk
        .run(["catalog", "diff"].iter().chain(arguments))
        .exits(0);
    assert_eq!(ran.stderr, "", "{ran:?}");
    ran
}

const FILES: [&str; 2] = ["catalog.toml", "next.toml"];

/// Something lost, something gained, something else, and keys that are refused.
const CHANGES: [(&str, &str); 5] = [
    ("features = [\"sso\"]", "features = [\"audit\"]"),
    ("default = 15", "default = 10"),
    ("name = \"Acme Panel\"", "name = \"Acme\""),
    ("[addons.regulated]", "[addons.finance]"),
    ("issuer = \"acme.example\"", "issuer = \"acme.test\""),
];

#[test]
fn losses_come_first_then_keys_then_gains() {
    let text = diff(&desk(&CHANGES), &FILES).stdout;
    let summary =
        "catalog.toml → next.toml: 5 losses, 2 changes to issued keys, 2 gains, 1 other\nchange\n";
    assert!(text.starts_with(summary), "{text}");
    for line in [
        "    -  feature `sso`",
        "    -  limit `users`: as licensed, default 15 → as licensed, default 10",
        "    -  the add-on is gone",
        "    !  keys already issued would be refused: `iss` must be `acme.test`",
        "    !  keys already issued with the add-on `regulated` would be refused",
        "    +  feature `audit`",
        "    +  the add-on is new",
        "    ~  `product.name`: Acme Panel → Acme",
    ] {
        assert!(
            text.lines().any(|have| have == line),
            "{line} is not in\n{text}"
        );
    }
    let order = [
        "\nLosses\n",
        "\nKeys already issued\n",
        "\nGains\n",
        "\nOther changes\n",
    ];
    let order = order.map(|heading| text.find(heading).unwrap());
    assert!(order.is_sorted(), "{text}");
}

#[test]
fn json_has_four_lists() {
    let desk = desk(&CHANGES);
    let json = diff(&desk, &["--json", FILES[0], FILES[1]]).json();
    let members: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(members, ["gains", "keys", "losses", "other"]);
    let has = |list: &str, entry: Value| {
        assert!(
            json[list].as_array().unwrap().contains(&entry),
            "{entry} is not in {json:#}"
        );
    };
    has(
        "losses",
        json!({"plan": "business", "kind": "feature", "name": "sso", "before": "included", "after": null}),
    );
    has(
        "losses",
        json!({"addon": "regulated", "kind": "addon", "name": "regulated", "before": "regulated", "after": null}),
    );
    has(
        "gains",
        json!({"plan": "business", "kind": "feature", "name": "audit", "before": null, "after": "included"}),
    );
    has(
        "other",
        json!({"kind": "setting", "name": "product.name", "before": "Acme Panel", "after": "Acme"}),
    );
    let issuer = &json["keys"][0];
    assert_eq!(
        (&issuer["effect"], &issuer["setting"]),
        (&"refused".into(), &"license.issuer".into())
    );
    assert_eq!(
        (&issuer["before"], &issuer["after"]),
        (&"acme.example".into(), &"acme.test".into())
    );
}

#[test]
fn keys_that_it_calls_refused_are_refused() {
    let desk = Desk::new();
    desk.write("next.toml", CATALOG.replace("acme.example", "acme.test"));
    let key = desk.issue([
        "--catalog",
        "catalog.toml",
        "--plan",
        "business",
        "--days",
        "1",
    ]);
    desk.verify(["--catalog", "catalog.toml", &key]).exits(0);
    let refused = desk
        .verify(["--catalog", "next.toml", "--json", &key])
        .exits(4);
    assert_eq!(refused.json()["reason"], "issuer");
    assert_eq!(
        diff(&desk, &["--json", FILES[0], FILES[1]]).json()["keys"][0]["effect"],
        "refused"
    );
}

#[test]
fn no_difference_is_said() {
    // How a catalog is written is no difference.
    let desk = desk(&[("features = [\"audit\"]", "features = [\"sso\", \"audit\"]")]);
    let ran = diff(&desk, &FILES);
    assert_eq!(
        ran.stdout,
        "no difference for customers or keys between catalog.toml and next.toml\n"
    );
    let json = diff(&desk, &["--json", FILES[0], FILES[1]]).json();
    assert_eq!(
        json,
        json!({"losses": [], "gains": [], "other": [], "keys": []})
    );
}

#[test]
fn no_line_is_wider_than_a_terminal() {
    let desk = Desk::empty();
    let catalog = unusual::catalog();
    let next = catalog
        .replace("l0 = 3,", "l0 = 2,")
        .replace("\"f10\", ", "")
        .replace("[addons.a1]", &format!("[addons.{}]", "z".repeat(100)))
        .replace("\"p4\"", &format!("\"{}\"", "漢".repeat(40)))
        .replace("[plans.p4]", &format!("[plans.\"{}\"]", "漢".repeat(40)))
        .replace("01 漢字", "01 字漢")
        + &format!("[license]\nissuer = \"{}\"\n", "i".repeat(300));
    let long = format!("{}.toml", "n".repeat(120));
    desk.write("unusual.toml", &catalog);
    desk.write(&long, next);
    for files in [
        ["unusual.toml", &long],
        [&long, "unusual.toml"],
        ["unusual.toml", "unusual.toml"],
    ] {
        let text = diff(&desk, &files).stdout;
        for line in text.lines() {
            assert!(width(line) <= 80, "{} wide: {line}", width(line));
            assert!(!line.contains('\u{202e}') && !line.contains('\u{1b}'));
        }
    }
}

#[test]
fn losses_are_red_on_terminals_only() {
    let desk = desk(&CHANGES);
    assert!(!diff(&desk, &FILES).stdout.contains('\u{1b}'));
    let forced = desk
        .command(["catalog", "diff", FILES[0], FILES[1]])
        .env("CLICOLOR_FORCE", "1")
        .output();
    let forced = Ran::of(forced.unwrap()).stdout;
    assert!(
        forced.contains("\u{1b}[31m    -  feature `sso`\u{1b}[0m"),
        "{forced}"
    );
    assert!(
        forced.contains("\u{1b}[32m    +  feature `audit`\u{1b}[0m"),
        "{forced}"
    );
    let json = desk
        .command(["catalog", "diff", "--json", FILES[0], FILES[1]])
        .env("CLICOLOR_FORCE", "1")
        .output();
    assert!(!Ran::of(json.unwrap()).stdout.contains('\u{1b}'));
}

#[test]
fn a_catalog_that_cannot_be_used_is_a_usage_error() {
    let desk = desk(&[]);
    desk.write("wrong.toml", CATALOG.replace("extends", "extend"));
    for files in [["wrong.toml", "next.toml"], ["next.toml", "wrong.toml"]] {
        desk.run(["catalog", "diff"].iter().chain(&files))
            .fails(2, "the catalog `wrong.toml` has 2 mistakes");
    }
    desk.run(["catalog", "diff", "missing.toml", "next.toml"])
        .fails(2, "no such file");
    desk.run(["catalog", "diff", "next.toml"]).exits(2);
    let help = desk.run(["catalog", "diff", "--help"]).exits(0).stdout;
    assert!(
        help.contains("Examples:") && help.contains("--json"),
        "{help}"
    );
}
