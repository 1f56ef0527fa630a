//! Public keys that nobody can trust, in `spec/tokens/public_keys/`: each is refused when it is loaded, by library, engine and
//! command line, with the same words.

use std::path::{Path, PathBuf};
use std::process::Command;

use entitlements_core::license::{LicenseVerifier, TrustedKey};
use entitlements_core::{Entitlements, Environment};
use entitlements_tests::assert_none;
use entitlements_tests::encoding::from_hex;
use entitlements_tests::token_table::expand::Terms;
use entitlements_tests::token_table::{catalog, catalog_file, folder, keys};
use serde::Deserialize;

use super::parallel;
use super::programs::CLI;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    rules: Vec<String>,
    says: String,
    keys: Vec<Key>,
    /// Words of the sentence.
    refused: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    hex: Option<String>,
    /// One of the fixed keys, in a form.
    #[serde(default)]
    of: Option<String>,
    #[serde(default)]
    form: Option<String>,
    #[serde(default)]
    kid: Option<String>,
}

fn rows() -> Vec<Row> {
    let text = std::fs::read_to_string(folder().join("public_keys/refused.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Every rule that a row cites.
pub(crate) fn rules() -> impl Iterator<Item = String> {
    rows().into_iter().flat_map(|row| row.rules)
}

#[test]
fn keys_that_nobody_can_trust_are_refused_by_all_in_the_same_words() {
    let rows = rows();
    assert!(rows.len() >= 60);
    let wrong = parallel::each(&rows, |row| {
        let folder = tempfile::tempdir().unwrap();
        let files = files(row, folder.path());
        let said = [
            ("library", library(&files)),
            ("engine", engine(&files)),
            ("command line", command_line(&files)),
        ];
        said.into_iter()
            .filter(|(_, said)| {
                !said
                    .as_ref()
                    .is_some_and(|said| said.contains(&row.refused))
            })
            .map(|(front, said)| {
                format!("{}: {front} says {said:?}, not `{}`", row.says, row.refused)
            })
            .collect::<Vec<_>>()
    });
    assert_none(&wrong.concat());
}

/// A file for each key, and its name where it has one.
fn files(row: &Row, folder: &Path) -> Vec<(PathBuf, Option<String>)> {
    let terms = Terms {
        now: entitlements_core::testing::NOW,
        token: None,
    };
    let file = |(number, key): (usize, &Key)| {
        let path = folder.join(format!("{number}.key"));
        let bytes = match (&key.text, &key.hex, &key.of) {
            (Some(text), None, None) => text.clone().into_bytes(),
            (None, Some(text), None) => from_hex(text),
            (None, None, Some(of)) => keys::form(of, key.form.as_deref().unwrap_or("pem")),
            _ => panic!("{}: a key has one source", row.says),
        };
        std::fs::write(&path, bytes).unwrap();
        (path, key.kid.as_deref().map(|kid| terms.text(kid)))
    };
    row.keys.iter().enumerate().map(file).collect()
}

type Files = [(PathBuf, Option<String>)];

fn read(files: &Files) -> Result<Vec<TrustedKey>, String> {
    let read = |(path, kid): &(PathBuf, Option<String>)| {
        let key = TrustedKey::from_file(path)?;
        match kid {
            Some(kid) => key.with_kid(kid),
            None => Ok(key),
        }
    };
    let keys: Result<Vec<_>, _> = files.iter().map(read).collect();
    keys.map_err(|error| error.to_string())
}

/// The sentence with which they are refused, if they are.
fn library(files: &Files) -> Option<String> {
    let verifier = read(files).map(LicenseVerifier::new);
    match verifier {
        Err(said) => Some(said),
        Ok(verifier) => verifier.err().map(|error| error.to_string()),
    }
}

fn engine(files: &Files) -> Option<String> {
    let mut builder = Entitlements::builder()
        .catalog(catalog("default.toml"))
        .environment(Environment::of(Vec::<(String, String)>::new()));
    if files.iter().all(|(_, kid)| kid.is_none()) {
        for (path, _) in files {
            builder = match builder.trusted_key_file(path) {
                Ok(builder) => builder,
                Err(error) => return Some(error.to_string()),
            };
        }
    } else {
        let keys = match read(files) {
            Ok(keys) => keys.into_iter(),
            Err(said) => return Some(said),
        };
        builder = keys.fold(builder, |builder, key| builder.trusted_key(key));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let built = runtime.block_on(builder.build());
    built.err().map(|error| error.to_string())
}

fn command_line(files: &Files) -> Option<String> {
    let mut command = Command::new(&*CLI);
    command.env_clear().args(["verify", "--catalog"]);
    command.arg(catalog_file("default.toml"));
    for (path, kid) in files {
        command.arg("--public-key").arg(match kid {
            Some(kid) => PathBuf::from(format!("{kid}={}", path.display())),
            None => path.clone(),
        });
    }
    let output = command.arg("a.b.c").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code() == Some(2)).then_some(said)
}
