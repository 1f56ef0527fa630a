//! `issue --batch`: a key for each row, and a report of the rows that got none.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "integration tests"
)]

mod common;

use common::{Desk, Ran};
use serde_json::{Value, json};

const MIXED: &str = "\
customer,plan,features,limits,expires,id,trial
Acme GmbH,business,sso;audit,users=50; nodes=unlimited,2099-12-31,lic_1,yes
\"Müller, Söhne\",busines,,,2099-12-31,,
=1+1,business,,users=5x,2099-12-31,,
Late,business,,,2020-01-01,,
Dup,business,,,2099-12-31,lic_1,
Zoo,enterprise,,,2099-12-31,lic_2,no
";

/// Issues `batch.csv` into `out` with these arguments on top.
fn batch<'a>(desk: &Desk, more: impl IntoIterator<Item = &'a str>) -> Ran {
    let base = ["--batch", "batch.csv", "--out", "out"];
    let key = ["issue", "--key", "acme.private.pem"];
    desk.run(key.into_iter().chain(base).chain(more))
}

fn catalog_batch(desk: &Desk, csv: &str) -> Ran {
    desk.write("batch.csv", csv);
    batch(desk, ["--catalog", "catalog.toml"])
}

/// What the key in this file says to whoever verifies it.
#[track_caller]
fn verified(desk: &Desk, file: &str) -> Value {
    let file = format!("@{file}");
    let ran = desk.verify(["--json", "--catalog", "catalog.toml", &file]);
    ran.exits(0).json()
}

#[test]
fn each_row_becomes_a_key_or_a_line_of_the_report() {
    let desk = Desk::new();
    let ran = catalog_batch(&desk, MIXED)
        .exits(1)
        .explains("4 of 6 rows were refused");
    assert!(ran.stderr.contains("`out/refused.csv`"), "{ran:?}");
    assert_eq!(desk.files("out"), ["lic_1.key", "lic_2.key", "refused.csv"]);
    let report: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        report[..5],
        [
            "line  customer   id",
            "-----------------------",
            "2     Acme GmbH  lic_1",
            "7     Zoo        lic_2",
            "",
        ]
    );
    assert!(report[5].starts_with("line  customer"), "{ran:?}");
    for (line, says) in [
        (
            "3     Müller, Söhne",
            "unknown plan `busines`, did you mean `business`?",
        ),
        ("4     =1+1", "`limits` cannot be `users=5x`"),
        ("5     Late", "before"),
        ("6     Dup", "the id `lic_1` is that of line 2 too"),
    ] {
        let row = report.iter().find(|row| row.starts_with(line));
        assert!(row.is_some_and(|row| row.contains(says)), "{line}: {ran:?}");
    }
    assert_eq!(report[report.len() - 1], "2 issued, 4 refused");
    assert!(
        report.iter().all(|line| line.chars().count() <= 80),
        "{ran:?}"
    );

    let license = verified(&desk, "out/lic_1.key");
    assert_eq!(license["customer"], "Acme GmbH");
    assert_eq!(license["plan"], "business");
    assert_eq!(license["features"], json!({"audit": true, "sso": true}));
    assert_eq!(license["limits"], json!({"users": 50, "nodes": null}));
    assert_eq!(license["expires_at"], "2099-12-31T23:59:59Z");
    assert_eq!(license["trial"], true);
    assert_eq!(verified(&desk, "out/lic_2.key")["trial"], false);
}

#[test]
fn every_column_reaches_the_key() {
    let desk = Desk::new();
    desk.write(
        "batch.csv",
        "id,customer,plan,features,limits,addons,days,not_before,issued_at,grace_days,deployments,instance,trial\n\
         lic_1,Acme GmbH,business,sso; audit,users=50;nodes=unlimited;seats=0,regulated,30,\
         2026-01-02T01:00:00+01:00,2026-01-01T00:00:00Z,3,d1;d2,fp,TRUE\n",
    );
    batch(&desk, []).exits(0);
    let at = ["--json", "--at", "2026-01-15T00:00:00Z", "@out/lic_1.key"];
    let license = desk.verify(at).exits(0).json();
    for (member, value) in [
        ("id", json!("lic_1")),
        ("customer", json!("Acme GmbH")),
        ("features", json!({"audit": true, "sso": true})),
        ("limits", json!({"nodes": null, "seats": 0, "users": 50})),
        ("addons", json!(["regulated"])),
        ("not_before", json!("2026-01-02T00:00:00Z")),
        ("issued_at", json!("2026-01-01T00:00:00Z")),
        ("expires_at", json!("2026-01-31T00:00:00Z")),
        ("grace_days", json!(3)),
        ("deployments", json!(["d1", "d2"])),
        ("instance", json!("fp")),
        ("trial", json!(true)),
    ] {
        assert_eq!(license[member], value, "{member}");
    }
}

#[test]
fn columns_can_be_spelled_as_the_flags_are() {
    let desk = Desk::new();
    desk.write(
        "batch.csv",
        "ID,Customer,PLAN,feature,without-feature,Limit,rate,addon,Days,not-before,issued-at,Grace-Days,deployment,INSTANCE,Trial\n\
         lic_1,Acme GmbH,business,audit,sso,users=50,,regulated,30,\
         2026-01-02T00:00:00Z,2026-01-01T00:00:00Z,3,d1;d2,fp,1\n\
         lic_2,Acme GmbH,business,,,,,,30,,2026-01-01T00:00:00Z,,,,0\n",
    );
    batch(&desk, ["--trial"]).exits(0);
    let at = ["--json", "--at", "2026-01-15T00:00:00Z"];
    let license = |file| desk.verify(at.into_iter().chain([file])).exits(0).json();
    let first = license("@out/lic_1.key");
    for (member, value) in [
        ("customer", json!("Acme GmbH")),
        ("plan", json!("business")),
        ("features", json!({"audit": true, "sso": false})),
        ("limits", json!({"users": 50})),
        ("addons", json!(["regulated"])),
        ("not_before", json!("2026-01-02T00:00:00Z")),
        ("expires_at", json!("2026-01-31T00:00:00Z")),
        ("grace_days", json!(3)),
        ("deployments", json!(["d1", "d2"])),
        ("instance", json!("fp")),
        ("trial", json!(true)),
    ] {
        assert_eq!(first[member], value, "{member}");
    }
    assert_eq!(license("@out/lic_2.key")["trial"], false);
    // What is refused is given back under the names of the columns.
    desk.write("batch.csv", "CUSTOMER,feature,days\nAcme,sso,x\n");
    batch(&desk, ["--plan=p"]).exits(1);
    let refused = desk.read("out/refused.csv");
    assert!(
        refused.starts_with("customer,features,days,reason\n"),
        "{refused}"
    );
    for twice in ["feature,features", "Not-Before,not_before", "ID,id"] {
        desk.write("batch.csv", format!("customer,days,{twice}\na,1,,\n"));
        batch(&desk, ["--plan=p"]).fails(2, "column 4, and in column 3 already");
    }
}

#[test]
fn refused_rows_can_be_corrected_and_fed_again() {
    let desk = Desk::new();
    catalog_batch(&desk, MIXED).exits(1);
    let refused = desk.read("out/refused.csv");
    let lines: Vec<&str> = refused.lines().collect();
    assert_eq!(
        lines[0],
        "customer,plan,features,limits,expires,id,trial,reason"
    );
    assert!(
        lines[1].starts_with("\"Müller, Söhne\",busines,,,2099-12-31,,,\"unknown plan"),
        "{refused}"
    );
    assert!(
        lines[2].starts_with("=1+1,business,,users=5x,2099-12-31,,,"),
        "{refused}"
    );
    assert_eq!(lines.len(), 5);

    // As it is it is refused again, with one column of reasons.
    desk.write("batch.csv", &refused);
    batch(&desk, ["--catalog", "catalog.toml"])
        .exits(1)
        .explains("4 of 4 rows were refused");
    assert_eq!(desk.read("out/refused.csv"), refused, "never written over");
    let again = desk.read("out/refused-2.csv");
    assert_eq!(again.lines().next(), Some(lines[0]));
    assert!(again.contains("`out/lic_1.key` exists already"), "{again}");

    let corrected = refused
        .replace("busines,", "business,")
        .replace("5x", "5")
        .replace("2020", "2098")
        .replace("lic_1", "lic_3");
    let ran = catalog_batch(&desk, &corrected).exits(0);
    assert!(ran.stdout.ends_with("\n\n4 issued, 0 refused\n"));
    assert_eq!(ran.stderr, "");
    assert_eq!(desk.files("out").len(), 2 + 2 + 4);
}

#[test]
fn json_lists_both_and_holds_no_key() {
    let desk = Desk::new();
    desk.write("batch.csv", MIXED);
    let ran = batch(&desk, ["--catalog", "catalog.toml", "--json"]).exits(1);
    assert_eq!(ran.json_error()["code"], "refused");
    let report = ran.json();
    assert_eq!(
        report["issued"][0],
        json!({
            "line": 2, "id": "lic_1", "customer": "Acme GmbH", "plan": "business",
            "expires_at": "2099-12-31T23:59:59Z", "file": "out/lic_1.key",
        })
    );
    let reasons: Vec<_> = report["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["line"].as_u64().unwrap(),
                row["reason"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        reasons,
        [
            (3, "unknown_name"),
            (4, "cell"),
            (5, "expiry"),
            (6, "duplicate_id")
        ]
    );
    assert_eq!(report["refused"][0]["customer"], "Müller, Söhne");
    let key = desk.read("out/lic_1.key");
    for part in key.trim_end().split('.') {
        assert!(!ran.stdout.contains(&part[..16]) && !ran.stderr.contains(&part[..16]));
    }
    desk.write("batch.csv", "customer,days\nAcme,1\n");
    let report = batch(&desk, ["--plan", "p", "--json"]).exits(0).json();
    assert_eq!(report["refused"], json!([]));
    assert_eq!(report["issued"].as_array().unwrap().len(), 1);
}

#[test]
fn a_key_in_the_wrong_cell_is_not_repeated() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    desk.write(
        "batch.csv",
        format!("customer,plan,days,id\n{key},p,x,\na,{key},1,\nb,p,{key},\nc,p,1,{key}\n"),
    );
    for json in [&[][..], &["--json"]] {
        let catalog = ["--catalog", "catalog.toml"];
        let ran = batch(&desk, catalog.iter().chain(json).copied()).exits(1);
        for part in key.split('.') {
            assert!(!ran.stdout.contains(&part[..16]), "{ran:?}");
            assert!(!ran.stderr.contains(&part[..16]), "{ran:?}");
        }
    }
    desk.write("batch.csv", &key);
    let ran = batch(&desk, []).fails(2, "unknown column");
    assert!(!ran.stderr.contains(&key[..16]), "{ran:?}");
}

#[test]
fn flags_count_for_rows_that_leave_the_cell_empty() {
    let desk = Desk::new();
    desk.write(
        "batch.csv",
        "id,plan,features,days,expires,trial,customer\n\
         a,,,,,,\n\
         b,enterprise,audit,,2098-01-01,no,Bee\n\
         c,,,2,,,\n",
    );
    let flags = [
        "--customer=Acme",
        "--plan=business",
        "--feature=sso",
        "--days=1",
        "--trial",
        "--kid=k",
        "--issued-at=2026-01-01T00:00:00Z",
    ];
    assert_eq!(batch(&desk, flags).exits(0).stderr, "");
    let read = |file: &str| {
        let file = format!("@out/{file}.key");
        let trusted = "k=acme.public.pem";
        let at = "2026-01-01T12:00:00Z";
        let arguments = [
            "verify",
            "--json",
            "--public-key",
            trusted,
            "--at",
            at,
            &file,
        ];
        desk.run(arguments).exits(0).json()
    };
    let [a, b, c] = ["a", "b", "c"].map(read);
    let terms = |license: &Value| {
        ["customer", "plan", "features", "expires_at", "trial"]
            .map(|member| license[member].clone())
            .to_vec()
    };
    let sso = json!({"sso": true});
    assert_eq!(
        json!(terms(&a)),
        json!(["Acme", "business", sso, "2026-01-02T00:00:00Z", true])
    );
    assert_eq!(
        json!(terms(&b)),
        json!(["Bee", "enterprise", {"audit": true}, "2098-01-01T23:59:59Z", false])
    );
    assert_eq!(
        json!(terms(&c)),
        json!(["Acme", "business", sso, "2026-01-03T00:00:00Z", true])
    );
}

#[test]
fn cells_are_judged_as_flags_are() {
    let desk = Desk::new();
    let rows = [
        ("days", "0"),
        ("days", "+5"),
        ("days", "1.5"),
        ("days", "4294967296"),
        ("days", "4294967295"),
        ("expires", "2027-02-30"),
        ("expires", "31.12.2027"),
        ("not_before", "2027-01-01"),
        ("issued_at", "1960-01-01T00:00:00Z"),
        ("grace_days", "3651"),
        ("grace_days", "-1"),
        ("limits", "users"),
        ("limits", "users=1;users=2"),
        ("limits", "user=5"),
        ("features", "sso;sso"),
        ("features", "ssso"),
        ("addons", "regulated"),
        ("trial", "maybe"),
        ("id", "other"),
        ("id", "lic_/../x"),
        ("id", "lic_ b"),
        ("customer", "\"a\nb\""),
        ("deployments", "d\u{1b}[2J"),
        ("plan", "nothing"),
    ];
    for (column, cell) in rows {
        let csv = match column {
            "customer" => format!("customer,days\n{cell},1\n"),
            "days" => format!("customer,days\nAcme,{cell}\n"),
            "expires" => format!("customer,expires\nAcme,{cell}\n"),
            _ => format!("customer,days,{column}\nAcme,1,{cell}\n"),
        };
        desk.write("batch.csv", csv);
        let catalog = ["--catalog=catalog.toml"];
        let plan = (column != "plan").then_some("--plan=business");
        let ran = batch(&desk, catalog.into_iter().chain(plan)).exits(1);
        assert!(
            ran.stdout.ends_with("0 issued, 1 refused\n"),
            "{cell}: {ran:?}"
        );
        assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']), "{ran:?}");
    }
    assert!(desk.files("out").iter().all(|name| name.ends_with(".csv")));
    assert_eq!(desk.files("out").len(), rows.len());
    // A row alone can lack what others have.
    desk.write(
        "batch.csv",
        "customer,days,expires\n,1,\nAcme,,\nAcme,1,2099-01-01\n",
    );
    let ran = batch(&desk, ["--plan=p", "--json"]).exits(1).json();
    let reasons = [0, 1, 2].map(|row| ran["refused"][row]["reason"].clone());
    assert_eq!(
        json!(reasons),
        json!(["missing_customer", "expiry", "cell"])
    );
}

#[test]
fn an_unusable_file_is_a_usage_error_before_any_key_is_made() {
    let desk = Desk::new();
    for (csv, cause) in [
        ("", "no line of column names"),
        (
            "Acme,business,30\n",
            "unknown column `Acme` in line 1, column 1",
        ),
        ("customer,plann,days\na,b,1\n", "did you mean `plan`?"),
        (
            "customer,days,plan,days\na,1,b,2\n",
            "`days` in line 1, column 4, and in column 2",
        ),
        (
            "customer;plan;days\na;b;1\n",
            "separates its columns by `;`",
        ),
        (
            "customer,days\na,1\nAcme, Inc.,1\n",
            "3 cells in line 3 and 2 columns",
        ),
        (
            "customer,days\na,1\n\"b,1\n",
            "not closed, seemingly in line 3",
        ),
        ("days\n1\n", "no column `customer`"),
        ("customer\na\n", "neither a column `expires` nor `days`"),
    ] {
        desk.write("batch.csv", csv);
        batch(&desk, ["--plan=p"]).fails(2, cause);
        let ran = batch(&desk, ["--plan=p", "--json"]).exits(2);
        assert_eq!(ran.json_error()["code"], "batch");
    }
    desk.write("batch.csv", b"customer,days\nM\xfcller,1\n");
    batch(&desk, ["--plan=p"]).fails(2, "not UTF-8 in line 2");
    std::fs::File::create(desk.path("batch.csv"))
        .unwrap()
        .set_len((64 << 20) + 1)
        .unwrap();
    batch(&desk, ["--plan=p"]).fails(2, "larger than 64 MiB");
    std::fs::remove_file(desk.path("batch.csv")).unwrap();
    batch(&desk, ["--plan=p"]).fails(2, "there is no such file");
    assert!(!desk.path("out").exists());
}

#[test]
fn unusable_flags_are_usage_errors() {
    let desk = Desk::new();
    desk.write("batch.csv", "customer,days\na,1\n");
    batch(&desk, ["--id=x"]).fails(2, "exclude each other");
    batch(&desk, ["--days=1", "--expires=2099-01-01"]).fails(2, "exclude each other");
    batch(&desk, ["--catalog=missing.toml"]).fails(2, "missing.toml");
    let key = ["issue", "--key", "acme.private.pem"];
    desk.run(key.into_iter().chain(["--batch", "batch.csv"]))
        .fails(2, "--out");
    let single = ["--customer=a", "--plan=b", "--days=1", "--out=out"];
    desk.run(key.into_iter().chain(single)).fails(2, "--batch");
    let missing = ["issue", "--key=missing", "--batch=batch.csv", "--out=out"];
    desk.run(missing).fails(2, "`missing`");
    desk.write("out", "a file");
    batch(&desk, ["--plan=p"]).fails(2, "cannot make the directory `out`");
}

#[test]
fn what_excel_writes_is_read() {
    let desk = Desk::new();
    let csv = "\u{feff}customer,days,plan\r\nMüller,1,p\r\n,,\r\n\"A, B\",x,p\r\n";
    desk.write("batch.csv", csv);
    let ran = batch(&desk, []).exits(1);
    assert!(ran.stdout.contains("4     A, B"), "{ran:?}");
    assert!(ran.stdout.ends_with("1 issued, 1 refused\n"), "{ran:?}");
    let refused = desk.read("out/refused.csv");
    assert!(refused.starts_with("\u{feff}customer,days,plan,reason\n\"A, B\",x,p,"));
}

#[test]
fn no_file_is_written_over() {
    let desk = Desk::new();
    desk.write("batch.csv", "id,customer,days\na,Acme,1\nb,Bee,1\n");
    std::fs::create_dir(desk.path("out")).unwrap();
    desk.write("out/b.key", "precious");
    let ran = batch(&desk, ["--plan=p"]).exits(1);
    assert!(ran.stdout.contains("`out/b.key` exists already"), "{ran:?}");
    assert_eq!(desk.read("out/b.key"), "precious");
    // A second run reports the ids that it made before, and issues anew where there are none.
    let first = desk.read("out/a.key");
    batch(&desk, ["--plan=p"]).exits(1);
    assert_eq!(desk.read("out/a.key"), first);
    desk.write("batch.csv", "customer,days\nAcme,1\n");
    batch(&desk, ["--plan=p"]).exits(0);
    batch(&desk, ["--plan=p"]).exits(0);
    let keys = desk.files("out");
    assert_eq!(keys.iter().filter(|name| name.ends_with(".key")).count(), 4);
}

#[test]
fn ten_thousand_rows_and_no_progress_bar_without_a_terminal() {
    let desk = Desk::new();
    let rows: String = (0..10_000).map(|n| format!("Customer {n},p,x\n")).collect();
    desk.write("batch.csv", format!("customer,plan,days\n{rows}a,p,1\n"));
    let ran = batch(&desk, []).exits(1).explains("10000 of 10001 rows");
    assert!(ran.stdout.ends_with("1 issued, 10000 refused\n"));
    assert!(!ran.stderr.contains(['\r', '\u{1b}']));
    assert_eq!(desk.files("out").len(), 2);
    assert_eq!(desk.read("out/refused.csv").lines().count(), 10_001);

    let long = format!("{},{}", "Größe ".repeat(30), "i".repeat(128));
    let rows: String = (0..19).map(|n| format!("Customer {n},,p,1\n")).collect();
    desk.write(
        "batch.csv",
        format!("customer,id,plan,days\n{rows}{long},p,1\n"),
    );
    let ran = batch(&desk, []).exits(0);
    assert!(ran.stdout.starts_with("line  customer"), "{ran:?}");
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80));
    assert_eq!(desk.files("out").len(), 22);

    let rows: String = (0..300).map(|n| format!("Customer {n},p,1\n")).collect();
    desk.write("batch.csv", format!("customer,plan,days\n{rows}"));
    assert_eq!(batch(&desk, []).exits(0).stdout, "300 issued, 0 refused\n");
    assert_eq!(desk.files("out").len(), 322);
}

#[cfg(unix)]
#[test]
fn keys_and_refused_rows_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    catalog_batch(&desk, MIXED).exits(1);
    for name in desk.files("out") {
        let mode = std::fs::metadata(desk.path("out").join(&name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let fifo = desk.path("fifo");
    let made = std::process::Command::new("mkfifo").arg(fifo).status();
    assert!(made.unwrap().success());
    let arguments = [
        "issue",
        "--key",
        "acme.private.pem",
        "--out",
        "x",
        "--batch",
        "fifo",
    ];
    desk.run(arguments).fails(2, "not a regular file");
}

#[cfg(unix)]
#[test]
fn a_kill_leaves_whole_keys_alone() {
    let desk = Desk::new();
    let rows: String = (0..20_000).map(|n| format!("Customer {n},p,1\n")).collect();
    desk.write("batch.csv", format!("customer,plan,days\n{rows}"));
    let arguments = [
        "issue",
        "--key",
        "acme.private.pem",
        "--batch",
        "batch.csv",
        "--out",
        "out",
    ];
    let mut child = desk.command(arguments).spawn().unwrap();
    let made = || {
        let keys = |name: &String| name.ends_with(".key");
        let names = desk.path("out").exists().then(|| desk.files("out"));
        names
            .unwrap_or_default()
            .into_iter()
            .filter(keys)
            .collect::<Vec<_>>()
    };
    while made().len() < 20 && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let keys = made();
    assert!(keys.len() >= 20);
    for name in keys.iter().rev().take(10) {
        desk.verify([format!("@out/{name}").as_str()]).exits(0);
    }
}
