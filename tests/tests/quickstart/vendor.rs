//! Whoever issues license keys, with the real command line.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use entitlements_core::Timestamp;
use entitlements_core::license::{LicenseDraft, LicenseIssuer, RevocationDraft, SigningKey};

use crate::programs::CLI;

/// Every license key that a test had issued. None of them may show in any log.
static ISSUED: Mutex<Vec<String>> = Mutex::new(Vec::new());

pub(crate) struct Vendor {
    pub(crate) private: PathBuf,
    pub(crate) public: PathBuf,
}

impl Vendor {
    /// The one that the quickstart made.
    pub(crate) fn of_data(data: &Path) -> Self {
        Self::at(&data.join("development-vendor"))
    }

    /// A new one.
    pub(crate) fn new(folder: &Path, name: &str) -> Self {
        run(Command::new(&*CLI)
            .args(["keygen", "--kid", name, "--out"])
            .arg(folder));
        Self::at(&folder.join(name))
    }

    fn at(path: &Path) -> Self {
        let with = |end: &str| PathBuf::from(format!("{}.{end}.pem", path.display()));
        Self {
            private: with("private"),
            public: with("public"),
        }
    }

    fn signing_key(&self) -> SigningKey {
        SigningKey::from_pem(file_text(&self.private)).unwrap()
    }

    /// A license key for a plan, for 30 days.
    pub(crate) fn key(&self, plan: &str) -> String {
        self.issue(plan, &["--days", "30"])
    }

    pub(crate) fn issue(&self, plan: &str, more: &[&str]) -> String {
        let mut command = Command::new(&*CLI);
        command.args(["issue", "--customer", "Acme GmbH", "--plan", plan, "--key"]);
        let key = run(command.arg(&self.private).args(more)).trim().to_owned();
        remember(&key);
        key
    }
}

/// A key of this vendor until the end of the century, issued by this process: where there are many of them.
pub(crate) fn license_key(vendor: &Vendor, plan: &str, id: &str, issued_at: Timestamp) -> String {
    let issuer = LicenseIssuer::new(vendor.signing_key());
    let draft = LicenseDraft::new("Acme GmbH").plan(plan).id(id);
    let ends = Timestamp::end_of_day("2099-12-31").unwrap();
    let draft = draft.issued_at(issued_at).expires_at(ends);
    let key = issuer.issue(&draft, issued_at).unwrap();
    remember(&key);
    key
}

/// A list of this vendor, of one license.
pub(crate) fn revocation_list(vendor: &Vendor, id: &str, issued_at: Timestamp) -> String {
    let list = RevocationDraft::new().license(id);
    list.sign(&vendor.signing_key(), issued_at).unwrap()
}

/// From now on this key may show in no log.
pub(crate) fn remember(key: &str) {
    ISSUED.lock().unwrap().push(key.to_owned());
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("the command line can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// The first issued key of which `text` holds the whole, or the claims, or the signature.
pub(crate) fn issued_key_in(text: &str) -> Option<String> {
    let issued = ISSUED.lock().unwrap();
    let holds = |key: &&String| key.split('.').skip(1).any(|part| text.contains(part));
    issued.iter().find(holds).cloned()
}

/// The lines of a private key file that must stay secret.
pub(crate) fn private_key_in(text: &str, private: &Path) -> bool {
    let pem = file_text(private);
    let mut secret = pem
        .lines()
        .filter(|line| !line.starts_with("-----") && line.len() > 20);
    secret.any(|line| text.contains(line))
}

/// What a file holds, if it is one: tests put pipes and devices in its place.
pub(crate) fn file_text(path: &Path) -> String {
    let is_file = std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    let text = is_file.then(|| std::fs::read_to_string(path).ok());
    text.flatten().unwrap_or_default()
}
