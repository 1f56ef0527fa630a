//! Three vendors whose keys were there before this library: each is one catalog away from the quickstart's routes. Their
//! keys are written here, claim by claim as their products say, and not by our issuer.

mod products;

use std::path::{Path, PathBuf};
use std::process::Command;

use entitlements_core::license::SigningKey;
use entitlements_core::strict::base64url;
use entitlements_tests::root;
use serde_json::{Map, Value, json};
use tempfile::tempdir;

use super::PROGRAM;
use crate::programs::CLI;
use crate::server::{Server, Start};
use crate::vendor::Vendor;

use products::{Product, analytics, job_server, panel, products};

impl Product {
    fn catalog(&self) -> PathBuf {
        let catalogs = root().join("examples/quickstart-axum/catalogs");
        catalogs.join(format!("{}.toml", self.name))
    }

    fn vendor(&self) -> Vendor {
        let file =
            |half: &str| root().join(format!("tests/vectors/keys/{}.{half}.pem", self.signs));
        Vendor {
            private: file("private"),
            public: file("public"),
        }
    }

    /// The vendor's own key: header and claims as they stand here.
    fn key(&self) -> String {
        let private = SigningKey::from_file(self.vendor().private).unwrap();
        let encode = |json: &Value| base64url::encode(json.to_string().as_bytes());
        let message = format!("{}.{}", encode(&self.header), encode(&self.claims));
        let signature = base64url::encode(&private.sign(message.as_bytes()));
        let key = format!("{message}.{signature}");
        crate::vendor::remember(&key);
        key
    }

    /// The key that our command line writes by this vendor's catalog.
    fn issued(&self) -> String {
        let mut command = Command::new(&*CLI);
        command.args(["issue", "--customer", "ops@acme.example", "--key"]);
        command.arg(self.vendor().private).arg("--catalog");
        let output = command
            .arg(self.catalog())
            .args(self.issue.split_whitespace())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", self.name);
        let key = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        crate::vendor::remember(&key);
        key
    }

    /// The quickstart with this vendor's catalog and public key, and nothing else of its own.
    fn start(&self, data: &Path) -> Start {
        let start = PROGRAM.start(data).arg("--catalog").arg(self.catalog());
        let start = start.arg("--trusted-key").arg(self.vendor().public);
        // Which deployment this is only the operator can say.
        start.env("ENTITLEMENTS_DEPLOYMENT_ID", "self-hosted")
    }

    fn assert_closed(&self, server: &Server) {
        let answer = server.get("/sso");
        assert_eq!(answer.status, 402, "{}", self.name);
        assert_eq!(answer.json()["code"], "LICENSE_REQUIRED");
    }

    fn assert_open(&self, server: &Server) {
        let paths = ["/sso", "/audit"];
        let statuses = paths.map(|path| server.get(path).status);
        assert_eq!(
            statuses,
            [200, 200],
            "{}: {}",
            self.name,
            server.license_status()
        );
    }

    fn assert_given(&self, server: &Server) {
        let entitlements = server.get("/api/v1/entitlements").json();
        for (path, expected) in self.gives.as_object().unwrap() {
            let got = entitlements.pointer(path);
            assert_eq!(got, Some(expected), "{} {path}: {entitlements}", self.name);
        }
    }
}

#[test]
fn a_key_of_each_vendor_opens_the_routes_through_every_entrance() {
    for vendor in products() {
        let folder = tempdir().unwrap();
        let key = vendor.key();
        {
            let server = vendor.start(folder.path()).serve();
            vendor.assert_closed(&server);
            let taken = server.activate(&key);
            assert_eq!(taken.status, 200, "{}: {}", vendor.name, taken.text());
            vendor.assert_open(&server);
            vendor.assert_given(&server);
            assert_eq!(server.admin("DELETE", "/api/v1/license", b"").status, 204);
            vendor.assert_closed(&server);
        }
        let starts = [
            (
                "flag",
                vendor.start(folder.path()).arg("--license-key").arg(&key),
            ),
            (
                "variable",
                vendor.start(folder.path()).env(vendor.variable, &key),
            ),
        ];
        for (source, start) in starts {
            let server = start.serve();
            vendor.assert_open(&server);
            vendor.assert_given(&server);
            let held = server.admin("GET", "/api/v1/license", b"").json();
            assert_eq!(held["licenses"][0]["source"], source, "{held}");
            let status = server.license_status();
            assert_eq!(status["errors"], json!([]), "{status}");
            assert_eq!(status["warnings"], json!([]), "{status}");
        }
    }
}

#[test]
fn the_key_that_issue_writes_by_the_catalog_opens_the_routes_too() {
    for vendor in products() {
        let folder = tempdir().unwrap();
        let server = vendor.start(folder.path()).serve();
        let taken = server.activate(&vendor.issued());
        assert_eq!(taken.status, 200, "{}: {}", vendor.name, taken.text());
        vendor.assert_open(&server);
        let entitlements = server.get("/api/v1/entitlements").json();
        for (path, expected) in vendor.gives.as_object().unwrap() {
            if path.starts_with("/limits") || path == "/plan/code" {
                assert_eq!(entitlements.pointer(path), Some(expected), "{path}");
            }
        }
    }
}

/// The claims of a key, unverified.
fn claims(key: &str) -> Map<String, Value> {
    let payload = key.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[test]
fn what_issue_writes_has_the_names_and_types_of_the_vendors_own_key() {
    for vendor in products() {
        let (own, issued) = (claims(&vendor.key()), claims(&vendor.issued()));
        for (name, value) in &own {
            let written = issued.get(name);
            let written = written.unwrap_or_else(|| panic!("{}: no `{name}`", vendor.name));
            assert_eq!(kind(written), kind(value), "{} `{name}`", vendor.name);
        }
        // Beyond these only what every key of ours says of itself.
        let more: Vec<_> = issued
            .keys()
            .filter(|name| !own.contains_key(*name))
            .collect();
        let expected: &[&str] = match vendor.name {
            "job_server" => &["iat", "jti"],
            "dev_analytics" => &["jti"],
            _ => &[],
        };
        assert_eq!(more, expected, "{}", vendor.name);
        let (own, issued) = (own.get("limits"), issued.get("limits"));
        if let (Some(own), Some(issued)) = (own, issued) {
            assert_eq!(issued, own);
        }
    }
    let issued = claims(&panel().issued());
    assert!(issued["lid"].as_str().unwrap().starts_with("USN-"));
    assert_eq!(issued["edition"], "biz");
    assert_eq!(issued["eml"], claims(&panel().key())["eml"]);
    assert!(
        claims(&job_server().issued())["expires"]
            .as_str()
            .unwrap()
            .ends_with('Z')
    );
}

#[test]
fn a_key_of_one_vendor_is_refused_by_another_ones_catalog_and_says_why() {
    // For the catalog of the second: the first claim that it does not find.
    let missing = [
        ("job_server", "dev_analytics", "iat"),
        ("job_server", "container_panel", "iat"),
        ("dev_analytics", "job_server", "expires"),
        ("dev_analytics", "container_panel", "lid"),
        ("container_panel", "job_server", "expires"),
        ("container_panel", "dev_analytics", "sub"),
    ];
    let all = products();
    let vendor = |name| all.iter().find(|vendor| vendor.name == name).unwrap();
    for (from, catalog, claim) in missing {
        let folder = tempdir().unwrap();
        let (from, other) = (vendor(from), vendor(catalog));
        let key = from.key();
        // Its vendor is trusted too, so that it is not the signature that is refused.
        let trusted = format!("another={}", from.vendor().public.display());
        let start = other.start(folder.path()).arg("--trusted-key");
        let server = start.arg(trusted).serve();
        let refused = server.activate(&key);
        assert_eq!(refused.status, 422, "{catalog}: {}", refused.text());
        let problem = refused.json();
        assert_eq!(problem["code"], "INVALID_LICENSE");
        assert_eq!(problem["reason"], "missing_claim", "{problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            detail.contains(&format!("`{claim}`")),
            "{catalog}: {detail}"
        );
        other.assert_closed(&server);
        assert_eq!(server.license_status()["status"], "unlicensed");
    }
}

/// One in its own shape that is changed a little is refused for just that.
#[test]
fn what_a_vendor_demands_of_its_keys_is_demanded() {
    let changed = |mut vendor: Product, name: &str, value: Value| {
        vendor.claims[name] = value;
        vendor
    };
    for (vendor, reason) in [
        (
            changed(job_server(), "expires", json!(4_956_508_800_u64)),
            "mistyped_claim",
        ),
        (
            changed(job_server(), "max_nodes", json!("7")),
            "limit_value",
        ),
        (changed(job_server(), "tier", json!("team")), "unknown_plan"),
        (
            changed(analytics(), "iss", json!("elsewhere.example")),
            "issuer",
        ),
        (
            changed(analytics(), "deployment_ids", json!(["another"])),
            "wrong_deployment",
        ),
        (changed(analytics(), "exp", json!(1_738_281_600)), "expired"),
        (changed(panel(), "lid", json!("ABC-4f1c-9a77")), "id_prefix"),
        (changed(panel(), "edition", json!("pro")), "unknown_plan"),
        (changed(panel(), "nod", json!(-2)), "limit_value"),
    ] {
        let folder = tempdir().unwrap();
        let server = vendor.start(folder.path()).serve();
        let refused = server.activate(&vendor.key());
        let said = refused.text();
        assert_eq!(refused.status, 422, "{} {reason}: {said}", vendor.name);
        assert_eq!(refused.json()["reason"], reason, "{}: {said}", vendor.name);
        vendor.assert_closed(&server);
    }
}

/// The catalogs here and those of the table of tokens say the same of these vendors' keys.
#[test]
fn the_catalogs_read_keys_as_the_table_of_tokens_has_them() {
    for vendor in products() {
        let name = format!("{}.toml", vendor.name);
        let table = root().join("spec/tokens/catalogs").join(name);
        let [here, there] = [vendor.catalog(), table].map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            let (_, license) = text.split_once("[license]").unwrap();
            // The variable is no part of a key.
            let lines = license.lines().filter(|line| !line.starts_with("env = "));
            lines.collect::<Vec<_>>().join("\n")
        });
        assert_eq!(here.trim(), there.trim(), "{}", vendor.name);
    }
}
