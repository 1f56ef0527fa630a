//! What the quickstart's README says is what the program does.

use entitlements_tests::root;
use tempfile::tempdir;

use super::PROGRAM;
use crate::vendor::Vendor;

fn readme() -> String {
    let path = format!("examples/{}/README.md", PROGRAM.name());
    std::fs::read_to_string(root().join(path)).unwrap()
}

#[test]
fn its_commands_are_the_printed_ones() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let here = folder.path().display().to_string();
    let printed = server
        .stdout
        .text()
        .replace(&server.address().to_string(), "127.0.0.1:3000")
        .replace(&here, "./data/quickstart");
    let readme = readme();
    let (_, next) = printed.split_once("Try next").unwrap();
    let commands: Vec<_> = next
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("KEY=") || line.starts_with("curl"))
        .collect();
    assert!(readme.contains(&commands.join("\n")), "{commands:#?}");
}

#[test]
fn its_answers_are_the_real_ones() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let readme = readme();
    let has_line = |text: &str| readme.lines().any(|line| line == text);
    assert!(has_line(&server.get("/sso").text()));
    let key = Vendor::of_data(folder.path()).issue(
        "business",
        &[
            "--expires",
            "2026-12-23T02:10:53Z",
            "--issued-at",
            "2026-11-23T02:10:53Z",
            "--grace-days",
            "3650",
            "--id",
            "01a2062b-a3c8-72c4-a8f1-71bf7cad01e7",
        ],
    );
    // Its status depends on the day on which this runs; the form does not.
    let answer = server.activate(&key);
    if answer.status == 200 {
        let taken = answer.text().replace("\"grace\"", "\"active\"");
        assert!(has_line(&taken), "{taken}");
        assert!(has_line(&server.get("/sso").text()));
    }
}

#[test]
fn its_flags_and_files_are_all_of_them() {
    let help = PROGRAM.command().arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let readme = readme();
    let flags = |text: &str, end: char| -> Vec<String> {
        let rows = text
            .lines()
            .filter_map(|line| line.trim().trim_start_matches("| `").strip_prefix("--"));
        let names = rows.filter_map(|row| row.split_once(end).map(|(name, _)| name.to_owned()));
        names
            .filter(|name| !name.contains([' ', ',', '\t']))
            .collect()
    };
    let table: String = readme
        .lines()
        .filter(|line| line.starts_with("| `--"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(flags(&table, ' '), flags(&help, ' '));
    let folder = tempdir().unwrap();
    drop(PROGRAM.start(folder.path()).serve());
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(
            readme.contains(&format!("| `{name}` |")),
            "{name} is missing"
        );
    }
}
