//! `entitlements verify` as a process, the key on its standard input.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use entitlements_tests::token_table::expand::Terms;
use entitlements_tests::token_table::model::Trust;
use entitlements_tests::token_table::{Case, Verdict, catalog_file, keys};
use serde_json::{Map, Value};

use super::programs::CLI;

pub(crate) fn verdict(case: &Case, token: &str) -> Result<Verdict, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(&*CLI);
    command.env_clear().args(["verify", "--json", "--at"]);
    command.arg(case.now.to_string());
    for (number, trust) in case.trust().iter().enumerate() {
        command.arg("--public-key");
        command.arg(public_key(case, trust, folder.path(), number));
    }
    if let Some(name) = &case.catalog {
        command.arg("--catalog").arg(catalog_file(name));
    }
    if let Some(id) = &case.row.deployment {
        command.args(["--deployment", id]);
    }
    if case.row.instance.is_some() {
        command.args(["--instance", keys::FINGERPRINT.as_str()]);
    }
    for (number, (list, refused)) in case.lists().into_iter().enumerate() {
        let path = folder.path().join(format!("{number}.list"));
        std::fs::write(&path, list).unwrap();
        match refused {
            None => {
                command.arg("--revocations").arg(path);
            }
            Some(reason) => refuses(&command, &path, reason, token)?,
        }
    }
    read(&run(command, token))
}

/// What a process said.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

fn run(mut command: Command, token: &str) -> Ran {
    let mut process = command
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = process.stdin.take().unwrap();
    // A program that refuses its arguments does not read.
    let _ = stdin.write_all(token.as_bytes());
    drop(stdin);
    let output = process.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

fn read(ran: &Ran) -> Result<Verdict, String> {
    let strange = || {
        let Ran {
            code,
            stdout,
            stderr,
        } = ran;
        format!("Cli ends with {code}: {stdout}{stderr}")
    };
    let shows: Map<String, Value> = serde_json::from_str(&ran.stdout).map_err(|_| strange())?;
    let status = shows
        .get("status")
        .and_then(Value::as_str)
        .ok_or_else(strange)?
        .to_owned();
    let reason = shows.get("reason").and_then(Value::as_str);
    let wrote = format!("{}{}", ran.stdout, ran.stderr);
    let verdict = match (ran.code, status.as_str(), reason) {
        (0, "active" | "grace", Some(reason))
        | (3, "not_yet_valid" | "expired" | "revoked" | "wrong_deployment", Some(reason))
            if reason == status =>
        {
            Verdict::status(status, shows)
        }
        (4, "invalid", Some(reason)) => Verdict::refused(reason),
        _ => return Err(strange()),
    };
    Ok(verdict.writing(wrote))
}

/// A list that is not taken is a mistake of whoever names it, and the license is not judged.
fn refuses(command: &Command, list: &Path, reason: &str, token: &str) -> Result<(), String> {
    let mut again = Command::new(command.get_program());
    again.env_clear().args(command.get_args());
    again.arg("--revocations").arg(list);
    let ran = run(again, token);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    if matches!(ran.code, 0 | 3) || !said.contains(&format!("\"{reason}\"")) {
        return Err(format!(
            "Cli does not refuse the list as {reason}: {} {said}",
            ran.code
        ));
    }
    Ok(())
}

/// The argument that names a key, in a file of its form.
fn public_key(case: &Case, trust: &Trust, folder: &Path, number: usize) -> PathBuf {
    let path = folder.join(format!("{number}.public"));
    let bytes = keys::form(&trust.key, trust.form.as_deref().unwrap_or("pem"));
    std::fs::write(&path, bytes).unwrap();
    let terms = Terms {
        now: case.now,
        token: None,
    };
    match &trust.kid {
        Some(kid) => PathBuf::from(format!("{}={}", terms.text(kid), path.display())),
        None => path,
    }
}
