//! `catalog table`: the plan matrix for a terminal, a page and a program, whatever the names are.
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

use common::{Desk, Ran};
use unusual::width;

const CATALOG: &str = r#"schema = 1
[product]
name = "Acme Panel"
default_plan = "community"
plan_order = ["community", "business", "enterprise"]
upgrade_url = "https://acme.example/pricing"
[features.sso]
name = "Single sign-on"
description = "Log in once"
[limits.users]
name = "Users"
[limits.calls]
name = "API calls"
kind = "metered"
period = "month"
[limits.nodes]
kind = "concurrent"
lease = "90s"
[rates.api]
name = "API requests"
[plans.community]
name = "Community"
limits = { users = 3, calls = 10_000, nodes = 1 }
rates = { api = { requests = 60, per = "1m", burst = 100 } }
[plans.business]
name = "Business"
extends = "community"
features = ["sso"]
limits = { users = { licensed = true, default = 15 }, nodes = { licensed = true, plus = 1 }, calls = "unlimited" }
rates = { api = { requests = 600, per = "1m", burst = 1000 } }
price = { currency = "EUR", monthly_cents = 4900, annual_cents = 49000 }
trial_days = 14
retention = { audit_days = 365 }
[plans.enterprise]
name = "Enterprise"
extends = "business"
limits = { users = "unlimited" }
[plans.a_custom_one]
name = "Custom"
[addons.regulated]
name = "Regulated industries"
requires = ["enterprise"]
features = ["cmek"]
limits = { users = { add = 10 } }
retention = { audit_immutable = true }
price = { currency = "EUR", monthly_cents = 9900 }
"#;

fn desk() -> Desk {
    let desk = Desk::empty();
    desk.write("acme.toml", CATALOG);
    desk.write("unusual.toml", unusual::catalog());
    desk
}

fn table(desk: &Desk, arguments: &[&str]) -> Ran {
    let ran = desk
        .run(["catalog", "table"].iter().chain(arguments))
        .exits(0);
    assert_eq!(ran.stderr, "", "{ran:?}");
    ran
}

#[test]
fn the_matrix_reads_from_left_to_right() {
    let text = table(&desk(), &["acme.toml"]).stdout;
    assert_eq!(text.lines().next(), Some("Acme Panel"));
    let heads: Vec<&str> = text.lines().nth(2).unwrap().split_whitespace().collect();
    assert_eq!(heads, ["Community", "Business"], "{text}");
    for part in [
        "Single sign-on",
        "API calls per month",
        "10000",
        "as licensed + 1",
        "60 per 1m,",
        "burst 100",
        "365 days",
        "49.00 EUR a month,",
        "14 days",
        "    needs  Enterprise\n",
        "    adds   cmek, Users + 10, audit_immutable: yes\n",
        "    price  99.00 EUR a month\n",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let order =
        ["Community", "Business", "Enterprise", "Custom"].map(|plan| text.find(plan).unwrap());
    assert!(order.is_sorted(), "{text}");
}

#[test]
fn no_line_is_wider_than_a_terminal() {
    let desk = desk();
    for file in ["acme.toml", "unusual.toml"] {
        let text = table(&desk, &[file]).stdout;
        for line in text.lines() {
            assert!(width(line) <= 80, "{} wide: {line}", width(line));
            assert_eq!(line, line.trim_end());
        }
    }
    let text = table(&desk, &["unusual.toml"]).stdout;
    assert_eq!(
        text.lines().filter(|line| *line == "Features").count(),
        3,
        "9 plans, 3 a table"
    );
    assert_eq!(text.matches("(default)").count(), 1);
    // Long names are broken, not cut.
    let whole: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(whole.contains(&"漢字".repeat(20)), "{text}");
    assert!(!text.contains('\u{202e}') && text.contains("\\u{202e}"));
}

/// Without the characters that a backslash makes plain.
fn without_escapes(line: &str) -> String {
    let mut bare = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            chars.next();
        } else {
            bare.push(c);
        }
    }
    bare
}

#[test]
fn markdown_is_a_table_whatever_the_names_are() {
    let desk = desk();
    let text = table(&desk, &["acme.toml", "--format", "markdown"]).stdout;
    for line in [
        "| Acme Panel | Community (default) | Business | Enterprise | Custom |",
        "|---|---|---|---|---|",
        "| **Features** |  |  |  |  |",
        "| Single sign-on |  | ✓ | ✓ |  |",
        "| Users | 3 | as licensed, default 15 | unlimited | 3 |",
        "| API requests | 60 per 1m, burst 100 | 600 per 1m, burst 1000 | 600 per 1m, burst 1000 | unlimited |",
        "| Regulated industries | Enterprise | cmek, Users + 10, audit\\_immutable: yes | 99.00 EUR a month |",
    ] {
        assert!(
            text.lines().any(|have| have == line),
            "{line} is not in\n{text}"
        );
    }
    let text = table(&desk, &["unusual.toml", "--format", "markdown"]).stdout;
    let [matrix, addons] = text.split("\n\n").collect::<Vec<_>>().try_into().unwrap();
    for (table, columns) in [(matrix, 10), (addons, 4)] {
        for line in table.lines() {
            let bare = without_escapes(line);
            assert_eq!(bare.matches('|').count(), columns + 1, "{line}");
            assert!(
                !bare.contains('<') && !bare.contains("](") && !bare.contains('\u{202e}'),
                "{line}"
            );
        }
    }
}

#[test]
fn html_is_one_table_with_headings_and_no_tag_of_the_vendors() {
    let desk = desk();
    let text = table(&desk, &["acme.toml", "--format=html"]).stdout;
    assert!(
        text.starts_with("<table>\n") && text.ends_with("</table>\n"),
        "{text}"
    );
    for part in [
        "<caption>Acme Panel</caption>",
        "<thead>",
        "<th scope=\"col\">Community <small>(default)</small></th>",
        "<th scope=\"row\">Single sign-on</th><td></td><td>✓</td><td>✓</td><td></td>",
        "Needs Enterprise. Adds cmek, Users + 10, audit_immutable: yes. 99.00 EUR a month.",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let text = table(&desk, &["unusual.toml", "--format=html"]).stdout;
    let known = [
        "table", "caption", "thead", "tbody", "tr", "th", "td", "small",
    ];
    let mut open = Vec::new();
    for tag in text.split('<').skip(1) {
        let name: String = tag.chars().take_while(|c| !" >".contains(*c)).collect();
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop().as_deref(), Some(name), "{tag}"),
            None => open.push(name.clone()),
        }
        assert!(known.contains(&name.trim_start_matches('/')), "{tag}");
        let attributes = tag.split_once('>').unwrap().0;
        assert!(
            !attributes.contains('\'') && !attributes.contains(" on"),
            "{tag}"
        );
    }
    assert!(open.is_empty());
    assert!(
        text.contains("&lt;script&gt;") && text.contains("&quot;") && !text.contains('\u{202e}')
    );
}

#[test]
fn json_has_what_a_pricing_page_needs() {
    let desk = desk();
    let ran = table(&desk, &["acme.toml", "--json"]);
    let forms = [
        &["acme.toml", "--format", "json"][..],
        &["acme.toml", "--json", "--format", "html"],
    ];
    for form in forms {
        assert_eq!(table(&desk, form).stdout, ran.stdout);
    }
    let json = ran.json();
    assert_eq!(json["product"], "Acme Panel");
    assert_eq!(json["default_plan"], "community");
    let codes: Vec<_> = json["plans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|plan| plan["code"].clone())
        .collect();
    assert_eq!(
        codes,
        ["community", "business", "enterprise", "a_custom_one"]
    );
    let business = &json["plans"][1];
    let expected = serde_json::json!({
        "code": "business",
        "name": "Business",
        "description": null,
        "order": 1,
        "default": false,
        "extends": "community",
        "features": ["sso"],
        "limits": {
            "calls": "unlimited",
            "nodes": {"licensed": true, "plus": 1, "default": null},
            "users": {"licensed": true, "plus": 0, "default": 15},
        },
        "rates": {"api": {"requests": 600, "per_seconds": 60, "burst": 1000}},
        "retention": {"audit_days": 365},
        "price": {
            "currency": "EUR", "monthly_cents": 4900, "annual_cents": 49000, "per": "month",
            "per_seat_of": null, "free_seats": null,
        },
        "trial_days": 14,
        "past_due_grace_days": 7,
        "stripe_prices": [],
    });
    assert_eq!(*business, expected);
    let custom = &json["plans"][3];
    assert_eq!(
        (&custom["order"], &custom["rates"]["api"]),
        (&serde_json::Value::Null, &"unlimited".into())
    );
    assert_eq!(
        json["addons"][0]["limits"]["users"],
        serde_json::json!({"add": 10})
    );
    assert_eq!(
        json["addons"][0]["requires"],
        serde_json::json!(["enterprise"])
    );
    let sso = serde_json::json!({"name": "Single sign-on", "description": "Log in once"});
    assert_eq!(json["features"]["sso"], sso);
    assert_eq!(json["limits"]["nodes"]["lease_seconds"], 90);
    assert_eq!(
        json["limits"]["calls"]["warn_at"],
        serde_json::json!([90, 100])
    );
    table(&desk, &["unusual.toml", "--json"]).json();
}

#[test]
fn the_smallest_catalog_has_a_table() {
    let desk = Desk::empty();
    desk.write(
        "small.json",
        r#"{"schema": 1, "product": {"name": "A", "default_plan": "p"}, "plans": {"p": {}}}"#,
    );
    for format in ["markdown", "html", "json"] {
        table(&desk, &["small.json", "--format", format]);
    }
    assert_eq!(
        table(&desk, &["small.json"]).stdout,
        "A\n\n     p\n     (default)\n-------------\n"
    );
}

#[test]
fn a_catalog_that_cannot_be_used_is_a_usage_error() {
    let desk = desk();
    desk.write("wrong.toml", CATALOG.replace("extends", "extend"));
    desk.run(["catalog", "table", "wrong.toml"])
        .fails(2, "the catalog `wrong.toml` has");
    desk.run(["catalog", "table", "missing.toml"])
        .fails(2, "no such file");
    desk.run(["catalog", "table"]).exits(2);
    desk.run(["catalog", "table", "acme.toml", "--format", "pdf"])
        .fails(2, "`markdown`");
    let ran = desk
        .run(["--json", "catalog", "table", "wrong.toml"])
        .exits(2);
    assert_eq!(
        (ran.stdout.as_str(), &ran.json_error()["code"]),
        ("", &"catalog".into())
    );
}

#[test]
fn headings_stand_out_on_terminals_only() {
    let desk = desk();
    assert!(!table(&desk, &["acme.toml"]).stdout.contains('\u{1b}'));
    let forced = desk
        .command(["catalog", "table", "acme.toml"])
        .env("CLICOLOR_FORCE", "1")
        .output();
    assert!(
        Ran::of(forced.unwrap())
            .stdout
            .contains("\u{1b}[1mFeatures\u{1b}[0m")
    );
    for format in ["markdown", "html", "json"] {
        let arguments = ["catalog", "table", "acme.toml", "--format", format];
        let forced = desk.command(arguments).env("CLICOLOR_FORCE", "1").output();
        assert!(
            !Ran::of(forced.unwrap()).stdout.contains('\u{1b}'),
            "{format}"
        );
    }
    let help = desk.run(["catalog", "table", "--help"]).exits(0).stdout;
    assert!(
        help.contains("Examples:") && help.contains("--json"),
        "{help}"
    );
}
