//! What the seeds are made of.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use entitlements_core::Timestamp;
use entitlements_core::strict::base64url;

use crate::literals::literals;

/// The claims of a key that is fine.
pub(crate) const PAYLOAD: &str = r#"{"tier":"business","exp":4102444800}"#;

/// Of claims, this many are signed for the target that cannot sign: it looks at signatures, not at claims.
pub(crate) const FEW: usize = 24;

/// What the tests and the specification hold, by what it is.
#[derive(Default)]
pub(crate) struct Material {
    pub(crate) json: BTreeSet<String>,
    pub(crate) headers: BTreeSet<String>,
    pub(crate) payloads: BTreeSet<String>,
    /// Claims of revocation lists.
    pub(crate) lists: BTreeSet<String>,
    pub(crate) tokens: BTreeSet<String>,
    pub(crate) catalogs: BTreeSet<String>,
}

impl Material {
    pub(crate) fn read(root: &Path) -> io::Result<Self> {
        let mut material = Self::default();
        let core = root.join("entitlements-core/src");
        let cases =
            |path: &str| Ok::<_, io::Error>(literals(&std::fs::read_to_string(core.join(path))?));

        material.json.extend(cases("strict/json/tests.rs")?);
        for case in cases("license/tests/forms.rs")? {
            material.add_header_or_token(case);
        }
        for path in ["license/tests/refusals.rs", "license/tests/mutations.rs"] {
            for case in cases(path)? {
                material.add_payload(case);
            }
        }
        let lists = cases("license/revocation/tests.rs")?.into_iter();
        let lists = lists.filter(|case| case.starts_with('{'));
        // As a formatting macro reads them.
        let lists = lists.map(|case| {
            case.replace("{{", "{")
                .replace("}}", "}")
                .replace("{now}", "1")
        });
        material.lists.extend(lists);

        let fine = cases("catalog/tests/mod.rs")?;
        let fine = fine.iter().max_by_key(|case| case.len());
        for path in files(&core.join("catalog/tests"))? {
            let text = std::fs::read_to_string(&path)?;
            if has_extension(&path, "rs") {
                material.add_catalogs(fine.map_or("", String::as_str), &literals(&text));
            } else {
                material.catalogs.insert(text);
            }
        }
        for path in files(&root.join("spec/scenarios/catalogs"))? {
            material.catalogs.insert(std::fs::read_to_string(path)?);
        }
        for path in files(&root.join("spec/scenarios"))? {
            let text = std::fs::read_to_string(path)?;
            let scenarios: Vec<serde_json::Value> = serde_json::from_str(&text)?;
            // One shows the shape of the others.
            material
                .json
                .extend(scenarios.first().map(ToString::to_string));
            for scenario in &scenarios {
                material.add_claims(scenario);
            }
        }
        Ok(material)
    }

    fn add_header_or_token(&mut self, case: String) {
        if case.starts_with('{') {
            self.json.insert(case.clone());
            self.headers.insert(case);
        } else {
            self.tokens.insert(case);
        }
    }

    /// Whole claims, or members that a test adds to fine ones.
    fn add_payload(&mut self, case: String) {
        if case.starts_with('{') {
            self.payloads.insert(case);
        } else if case.starts_with('"') {
            let fine = PAYLOAD.trim_end_matches('}');
            self.payloads.insert(format!("{fine},{case}}}"));
        }
    }

    /// Whole catalogs, and the fine one with a piece of it replaced, as the tables of mistakes have them.
    fn add_catalogs(&mut self, fine: &str, cases: &[String]) {
        let whole = cases
            .iter()
            .filter(|case| case.contains("schema") && case.contains("product"));
        self.catalogs.extend(whole.cloned());
        for pair in cases.windows(2) {
            if let [from, to] = pair
                && from.len() > 3
                && fine.contains(from.as_str())
            {
                self.catalogs.insert(fine.replacen(from.as_str(), to, 1));
            }
        }
    }

    fn add_claims(&mut self, scenario: &serde_json::Value) {
        let licenses = scenario["licenses"].as_array();
        for license in licenses.into_iter().flatten() {
            let mut claims = license["claims"].clone();
            for name in ["exp", "iat", "nbf"] {
                // Scenarios write times as people do, keys as numbers.
                let time = claims
                    .get(name)
                    .and_then(|time| time.as_str()?.parse().ok());
                if let Some(time) = time.map(Timestamp::unix_seconds) {
                    claims[name] = time.into();
                }
            }
            if claims.is_object() {
                self.payloads.insert(claims.to_string());
            }
        }
    }
}

/// A good key, cut, padded, respelled and with a signature of nobody.
pub(crate) fn damaged(good: &str) -> Vec<String> {
    let (signed, signature) = good.rsplit_once('.').unwrap_or_default();
    let zero = base64url::encode(&[0; 64]);
    vec![
        format!("{good}="),
        format!("{good}."),
        format!(" {good}\r\n"),
        format!(".{good}"),
        signed.to_owned(),
        format!("{signed}."),
        format!("{signed}.{zero}"),
        format!("{signed}.{signature}A"),
        format!("{signed}..{signature}"),
        signed.replacen('.', "..", 1),
    ]
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|other| other == extension)
}

pub(crate) fn files(folder: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
