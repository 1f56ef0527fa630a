//! What the panel's README says is what the program does.

use entitlements_tests::root;
use tempfile::tempdir;

use crate::program;
use crate::server::{Panel, SOME_DAY, Start};
use crate::vendor::{business, key};

fn readme() -> String {
    std::fs::read_to_string(root().join("examples/container-panel/README.md")).unwrap()
}

#[test]
fn its_commands_are_the_printed_ones() {
    let folder = tempdir().unwrap();
    let panel = Start::anew(folder.path()).serve();
    let here = folder.path().display().to_string();
    let printed = panel
        .stdout
        .text()
        .replace(&panel.address().to_string(), "127.0.0.1:3004")
        .replace(&here, "./data/container-panel");
    let is_command = |line: &&str| line.starts_with("KEY=") || line.starts_with("curl");
    let commands: Vec<_> = printed.lines().map(str::trim).filter(is_command).collect();
    assert_eq!(commands.len(), 3, "{printed}");
    assert!(readme().contains(&commands.join("\n")), "{commands:#?}");
}

#[test]
fn its_answers_are_the_real_ones() {
    let folder = tempdir().unwrap();
    let panel = Panel::at(SOME_DAY, folder.path());
    assert_eq!(panel.activate(&key(&business())).status, 200);
    let readme = readme();
    for path in ["/features/ldap", "/features/sso_saml"] {
        let answer = panel.get(path).text();
        assert!(readme.lines().any(|line| line == answer), "{answer}");
    }
    drop(panel);
    let panel = Panel::at("2027-12-02T00:00:00Z", folder.path());
    assert_eq!(panel.thresholds(&[30]), [30]);
    let told = panel.admin("GET", "/notices", "").text();
    let shown = readme
        .lines()
        .find(|line| line.starts_with(r#"{"notices":"#))
        .unwrap();
    // But for the moment, which the running clock says.
    let without_moment = |text: &str| -> String {
        let (before, rest) = text.split_once(r#""at":""#).unwrap();
        let (_, after) = rest.split_once('"').unwrap();
        format!("{before}{after}")
    };
    assert_eq!(
        sorted(&without_moment(&told)),
        sorted(&without_moment(shown))
    );
}

/// Its members, in whichever order.
fn sorted(text: &str) -> Vec<&str> {
    let mut members: Vec<_> = text.split([',', '{', '}']).collect();
    members.sort_unstable();
    members
}

#[test]
fn its_flags_are_all_of_them() {
    let help = program::command().arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let flags = |text: &str, before: &str| -> Vec<String> {
        let rows = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix(before));
        let names = rows.filter_map(|row| row.split_once(' ').map(|(name, _)| name.to_owned()));
        names.filter(|name| !name.contains(',')).collect()
    };
    assert_eq!(flags(&readme(), "| `--"), flags(&help, "--"));
}

#[test]
fn its_kinds_are_the_catalogs_limits() {
    let readme = readme();
    for (_, limit) in program::CATALOG.limits() {
        assert!(
            readme.contains(&format!("`{}`", limit.name())),
            "{}",
            limit.name()
        );
    }
}
