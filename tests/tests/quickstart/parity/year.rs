//! A year of a license, and what comes after it, in seconds: both programs are started anew for every step, at another time
//! and in the same folder, and answer alike.

use std::collections::BTreeMap;

use entitlements_core::Timestamp;
use serde_json::{Value, json};

use super::Both;
use super::answer::Answer;
use crate::server::Start;

const LICENSE: &str = "/api/v1/license";
const STATUS: &str = "/api/v1/license/status";
const ENTITLEMENTS: &str = "/api/v1/entitlements";
const REVALIDATE: &str = "/api/v1/license/revalidate";
const REVOCATIONS: &str = "/api/v1/license/revocations";
const LIST_VARIABLE: &str = "ENTITLEMENTS_REVOCATIONS";

/// What of the log tells of a license's end, by which part of the engine says it.
const NOTICE: &str = " entitlements_core::notify::log: ";
const DAILY: &str = " entitlements_core::engine::life: ";

/// Both programs, and what their logs said of the license's end until they were last started, with the day they were started for.
struct Year {
    both: Both,
    now: String,
    said: Vec<(String, String)>,
}

impl Year {
    fn begins(now: &str) -> Self {
        Self {
            both: Both::start_with(&["--now", now]),
            now: now.to_owned(),
            said: Vec::new(),
        }
    }

    /// A restart at another time.
    fn at(self, now: &str) -> Self {
        self.with(now, |start| start)
    }

    fn with(mut self, now: &str, prepare: impl Fn(Start) -> Start + Sync) -> Self {
        let logs = [&self.both.axum, &self.both.actix].map(|server| server.stderr.text());
        let [axum, actix] = logs.map(|log| told(&log));
        assert_eq!(axum, actix, "{}", self.now);
        let day = self.now;
        self.said
            .extend(axum.into_iter().map(|line| (day.clone(), line)));
        let both = self
            .both
            .again(|start| prepare(start.arg("--now").arg(now)));
        Self {
            both,
            now: now.to_owned(),
            said: self.said,
        }
    }

    /// Waits until both logs say it of the license's end.
    fn hears(&self, part: &str, text: &str) -> &Self {
        for server in [&self.both.axum, &self.both.actix] {
            let is_said = |log: &str| {
                let mut lines = log.lines();
                lines.any(|line| line.contains(part) && line.contains(text))
            };
            assert!(server.stderr.wait(is_said), "`{text}` at {}", self.now);
        }
        self
    }

    fn get(&self, path: &str) -> Answer {
        let answer = self.both.ask("GET", path, &[], b"");
        assert_eq!(self.both.ask("HEAD", path, &[], b"").status, answer.status);
        answer
    }

    /// `/sso`: 200, or why not.
    fn sso(&self) -> Value {
        let answer = self.get("/sso");
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        match answer.status {
            200 => json!("open"),
            402 => body["code"].clone(),
            other => panic!("{other}: {body}"),
        }
    }

    fn status(&self) -> Value {
        let read = |method, path| {
            let answer = self.both.admin(method, path, b"");
            assert_eq!(answer.status, 200, "{}", answer.body);
            answer.body
        };
        let status = read("GET", STATUS);
        assert_eq!(read("POST", REVALIDATE), status, "at {}", self.now);
        serde_json::from_str(&status).unwrap()
    }

    /// What holds, and for how many days.
    fn holds(&self, status: &str, in_force: &str, days: impl Into<Value>) -> Value {
        let told = self.status();
        let members = ["status", "plan_in_force", "days_remaining"];
        let expected = [status.into(), in_force.into(), days.into()];
        assert_eq!(members.map(|name| told[name].clone()), expected, "{told}");
        told
    }

    /// Its code, sentence and what to do, where there is one.
    fn only_problem(&self, list: &str) -> [String; 3] {
        let status = self.status();
        let other = if list == "errors" {
            "warnings"
        } else {
            "errors"
        };
        assert_eq!(status[other], json!([]), "{status}");
        let problems = status[list].as_array().unwrap();
        assert_eq!(problems.len(), 1, "{status}");
        ["code", "message", "action"].map(|name| problems[0][name].as_str().unwrap().to_owned())
    }

    fn post(&self, path: &str, field: &str, value: &str) -> Answer {
        let body = json!({ field: value }).to_string();
        self.both.admin("POST", path, body.as_bytes())
    }

    /// A key for a year from `from` on and fourteen days of grace.
    fn key(&self, from: &str) -> String {
        let days = ["--days", "365", "--grace-days", "14", "--issued-at", from];
        let key = [&days[..], &["--id", "lic_acme"]].concat();
        self.both.vendor.issue("business", &key)
    }

    /// All that the license gives, without the days on which it does.
    fn state(&self) -> [String; 2] {
        let admin = self.both.admin("GET", STATUS, b"");
        [self.get(ENTITLEMENTS).body, admin.body].map(|body| without_times(&body))
    }
}

/// Notices and daily warnings, without when this process wrote them.
fn told(log: &str) -> Vec<String> {
    let lines = log.lines();
    let told = lines.filter_map(|line| {
        let part = [NOTICE, DAILY]
            .into_iter()
            .find(|part| line.contains(part))?;
        line.split_once(part)
            .map(|(_, text)| format!("{part}{text}"))
    });
    told.collect()
}

/// The text with every time taken out.
fn without_times(text: &str) -> String {
    let parts = text.split('"').map(|part| match part.parse::<Timestamp>() {
        Ok(_) => "(time)",
        Err(_) => part,
    });
    parts.collect::<Vec<_>>().join("\"")
}

#[test]
fn a_year_of_a_license_is_told_alike_through_every_restart() {
    let year = Year::begins("2027-01-01T11:00:00Z");
    year.holds("unlicensed", "community", Value::Null);
    assert_eq!(year.sso(), "LICENSE_REQUIRED");

    let year = year.at("2027-01-01T12:00:00Z");
    let first = year.key("2027-01-01T12:00:00Z");
    assert_eq!(year.post(LICENSE, "key", &first).status, 200);
    year.holds("active", "business", 365);
    assert_eq!(year.sso(), "open");
    let licensed = year.state();

    let mut year = year.at("2027-12-02T11:00:00Z");
    year.holds("active", "business", 31);
    assert_eq!(year.state()[0], licensed[0]);
    for (day, days, told) in [
        ("2027-12-02", 30, "within 30 days"),
        ("2027-12-17", 15, "within 15 days"),
        ("2027-12-25", 7, "within 7 days"),
        ("2027-12-29", 3, "within 3 days"),
        ("2027-12-31", 1, "within a day"),
    ] {
        // Just before, so that what an earlier start has told would be told before what is new now.
        year = year.at(&format!("{day}T11:59:58Z"));
        year.hears(NOTICE, told);
        year = year.at(&format!("{day}T12:30:00Z"));
        year.holds("active", "business", days);
        assert_eq!(year.sso(), "open");
        assert_eq!(year.state()[0], licensed[0]);
        year = year.at(&format!("{day}T22:00:00Z"));
        assert_eq!(year.sso(), "open");
    }

    year = year.at("2028-01-01T11:59:58Z");
    year.hears(
        NOTICE,
        "expired at 2028-01-01T12:00:00Z; it stays in force until 2028-01-15T12:00:00Z",
    );
    year.hears(DAILY, "it stays in force until 2028-01-15T12:00:00Z");
    for day in 1..14 {
        // Later that day nothing more is said, and the status says it whenever it is asked.
        year = year.at(&format!("2028-01-{day:02}T20:00:00Z"));
        year.holds("grace", "business", 0);
        assert_eq!(year.sso(), "open");
        assert_eq!(
            year.only_problem("warnings"),
            [
                "license_grace",
                "license `lic_acme` expired at 2028-01-01T12:00:00Z; it stays in force until 2028-01-15T12:00:00Z",
                "renew the license before that day",
            ]
        );
        year = year.at(&format!("2028-01-{:02}T12:30:00Z", day + 1));
        year.hears(DAILY, "it stays in force until 2028-01-15T12:00:00Z");
    }

    // It ends while they run, and people work.
    year = year.at("2028-01-15T11:59:54Z");
    for name in ["Ada", "Bob", "Cem", "Dora"] {
        let body = json!({ "name": name }).to_string();
        assert_eq!(
            year.both.ask("POST", "/users", &[], body.as_bytes()).status,
            201
        );
    }
    year.hears(
        NOTICE,
        "the grace of license `lic_acme` ended at 2028-01-15T12:00:00Z",
    );
    assert_eq!(year.sso(), "LICENSE_EXPIRED");
    let users: Value = serde_json::from_str(&year.get("/users").body).unwrap();
    assert_eq!(users["users"].as_array().unwrap().len(), 4);
    let fifth = year.both.ask("POST", "/users", &[], br#"{"name":"Eve"}"#);
    let fifth: Value = serde_json::from_str(&fifth.body).unwrap();
    assert_eq!(
        (
            &fifth["code"],
            &fifth["allowed"],
            &fifth["used"],
            &fifth["expired_at"]
        ),
        (
            &"LIMIT_EXCEEDED".into(),
            &3.into(),
            &4.into(),
            &"2028-01-01T12:00:00Z".into()
        )
    );

    for now in ["2028-01-15T18:00:00Z", "2028-03-01T12:00:00Z"] {
        year = year.at(now);
        let status = year.holds("expired", "community", 0);
        assert_eq!(
            (&status["expired"], &status["degraded"]),
            (&true.into(), &true.into())
        );
        assert_eq!(status["plan"]["code"], "business");
        assert_eq!(status["limits"]["users"]["limit"], 3);
        assert_eq!(year.sso(), "LICENSE_EXPIRED");
        assert_eq!(
            year.only_problem("errors"),
            [
                "license_expired",
                "license `lic_acme` expired at 2028-01-01T12:00:00Z, and its grace ended at 2028-01-15T12:00:00Z",
                "renew the license; nothing is deleted meanwhile",
            ]
        );
        assert_eq!(year.get("/users").status, 200);
    }
    assert_eq!(year.post(LICENSE, "key", &first).status, 422, "the old key");

    let renewed = year.key("2028-03-01T12:00:00Z");
    assert_eq!(year.post(LICENSE, "key", &renewed).status, 200);
    assert_eq!(year.state(), licensed, "renewed");
    year = year.at("2028-03-01T12:00:00Z");
    year.holds("active", "business", 365);
    assert_eq!(year.state(), licensed, "renewed and started anew");
    assert_eq!(year.sso(), "open");

    let list = year.both.revoked_at("lic_acme", "2028-04-01T12:00:00Z");
    year = year.with("2028-04-01T13:00:00Z", |start| {
        start.env(LIST_VARIABLE, &list)
    });
    for now in ["2028-04-01T14:00:00Z", "2028-04-03T12:00:00Z"] {
        year.holds("revoked", "community", Value::Null);
        assert_eq!(year.sso(), "LICENSE_REQUIRED");
        assert_eq!(
            year.only_problem("errors"),
            [
                "license_revoked",
                "license `lic_acme` was revoked by the vendor",
                "ask the vendor for a new license; nothing is deleted meanwhile",
            ]
        );
        assert_eq!(year.post(LICENSE, "key", &renewed).status, 422);
        // What a variable says is kept where it is handed in too; the variable is gone from here on.
        let kept = year.post(REVOCATIONS, "list", &list);
        assert!(
            kept.body.starts_with(r#"{"changed":false,"kept":true,"#),
            "{}",
            kept.body
        );
        year = year.at(now);
    }

    assert_eq!(year.both.admin("DELETE", LICENSE, b"").status, 204);
    for now in ["2028-05-01T12:00:00Z", "2028-05-01T13:00:00Z"] {
        let status = year.holds("unlicensed", "community", Value::Null);
        assert_eq!(
            (&status["errors"], &status["degraded"]),
            (&json!([]), &false.into())
        );
        assert_eq!(year.sso(), "LICENSE_REQUIRED");
        assert_eq!(
            year.post(LICENSE, "key", &renewed).status,
            422,
            "it stays revoked"
        );
        year = year.at(now);
    }
    year.each_notice_was_told_once();
}

impl Year {
    fn each_notice_was_told_once(&self) {
        let mut notices = BTreeMap::<_, u32>::new();
        let mut daily = BTreeMap::<_, u32>::new();
        for (now, line) in &self.said {
            if line.starts_with(NOTICE) {
                *notices.entry(line.as_str()).or_default() += 1;
            } else {
                *daily.entry(&now[..10]).or_default() += 1;
            }
        }
        assert_eq!(notices.len(), 7, "{notices:#?}");
        assert!(notices.values().all(|times| *times == 1), "{notices:#?}");
        assert_eq!(daily.len(), 14, "{daily:#?}");
        assert!(daily.values().all(|times| *times == 1), "{daily:#?}");
    }
}
