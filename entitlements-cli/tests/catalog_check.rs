//! `catalog check`: every mistake with its place, and the difference between a bad file and none.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "integration tests"
)]

mod common;

use common::{CATALOG, Desk};

#[test]
fn a_catalog_without_mistakes_is_summed_up_in_a_line() {
    let desk = Desk::new();
    let ran = desk.run(["catalog", "check", "catalog.toml"]).exits(0);
    assert_eq!(
        ran.stdout,
        "catalog.toml is fine: 3 plans, 2 features, 2 limits\n"
    );
    assert_eq!(ran.stderr, "");
    let json = desk
        .run(["catalog", "check", "--json", "catalog.toml"])
        .exits(0)
        .json();
    assert_eq!(json["valid"], true);
    assert_eq!(json["plans"], 3);
    assert_eq!(json["mistakes"].as_array().unwrap().len(), 0);
}

#[test]
fn all_mistakes_are_listed_one_a_line() {
    let desk = Desk::new();
    let wrong = CATALOG
        .replace("extends = \"business\"", "extends = \"busines\"")
        .replace("grace_days", "grace_day");
    desk.write("wrong.toml", wrong);
    let ran = desk
        .run(["catalog", "check", "wrong.toml"])
        .exits(2)
        .explains("`wrong.toml` has 2 mistakes");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{ran:?}");
    assert!(
        lines
            .iter()
            .all(|line| line.starts_with("wrong.toml: line ")),
        "{ran:?}"
    );
    assert!(
        ran.stdout.contains("did you mean `business`?")
            && ran.stdout.contains("did you mean `grace_days`?")
    );

    let ran = desk
        .run(["--json", "catalog", "check", "wrong.toml"])
        .exits(2);
    let json = ran.json();
    assert_eq!(json["valid"], false);
    let mistakes = json["mistakes"].as_array().unwrap();
    assert_eq!(mistakes.len(), 2);
    for mistake in mistakes {
        assert!(
            mistake["line"].is_u64()
                && mistake["column"].is_u64()
                && mistake["message"].is_string()
        );
    }
    assert_eq!(ran.json_error()["code"], "mistakes");
}

#[test]
fn json_catalogs_are_read_too() {
    let desk = Desk::empty();
    let fine =
        r#"{"schema": 1, "product": {"name": "A", "default_plan": "p"}, "plans": {"p": {}}}"#;
    desk.write("fine.json", fine);
    desk.run(["catalog", "check", "fine.json"]).exits(0);
    desk.write("wrong.json", fine.replace("\"p\": {}", "\"q\": {}"));
    let ran = desk
        .run(["catalog", "check", "--json", "wrong.json"])
        .exits(2);
    assert!(
        ran.json()["mistakes"][0]["pointer"]
            .as_str()
            .unwrap()
            .starts_with('/')
    );
}

#[test]
fn garbage_in_a_catalog_is_a_mistake() {
    let desk = Desk::empty();
    let huge = vec![b'#'; (1 << 20) + 1];
    for (name, content) in [
        ("empty.toml", &b""[..]),
        ("binary.toml", &[0, 159, 146, 150]),
        ("text.toml", b"not = [toml"),
        ("empty.json", b""),
        ("text.json", b"{\"schema\": 1,}"),
        ("huge.toml", &huge),
    ] {
        desk.write(name, content);
        let ran = desk
            .run(["catalog", "check", name])
            .exits(2)
            .explains("mistake");
        assert!(ran.stdout.starts_with(&format!("{name}: ")), "{ran:?}");
        assert!(!ran.stdout.is_empty());
    }
}

#[test]
fn a_file_that_cannot_be_read_is_a_usage_error() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("folder.toml")).unwrap();
    desk.run(["catalog", "check", "missing.toml"])
        .fails(2, "no such file");
    desk.run(["catalog", "check", "folder.toml"])
        .fails(2, "directory");
    desk.run(["catalog", "check", "acme.public.pem"])
        .fails(2, "`.toml` or `.json`");
    desk.run(["catalog", "check", ""]).fails(2, "");
    desk.run(["catalog", "check"]).exits(2);
    desk.run(["catalog", "chekc", "catalog.toml"])
        .fails(2, "did you mean `check`?");
}

#[test]
fn a_bad_catalog_is_a_usage_error_where_it_is_needed() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "business", "--days", "1"]);
    desk.write("wrong.toml", CATALOG.replace("extends", "extend"));
    let cause = "the catalog `wrong.toml` has 2 mistakes, the first: line ";
    desk.verify(["--catalog", "wrong.toml", &key])
        .fails(2, cause);
    desk.try_issue([
        "--plan",
        "business",
        "--days",
        "1",
        "--catalog",
        "wrong.toml",
    ])
    .fails(2, cause);
}
