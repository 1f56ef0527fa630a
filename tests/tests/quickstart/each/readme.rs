//! What the quickstart's README says is what the program does.

use entitlements_core::Timestamp;
use entitlements_core::license::Collection;
use entitlements_tests::root;
use tempfile::tempdir;

use super::PROGRAM;
use super::story::{curl_is_here, type_in};
use crate::vendor::Vendor;

pub(super) fn readme() -> String {
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
    let made = std::fs::read_dir(folder.path()).unwrap();
    let made = made.map(|file| file.unwrap().file_name().into_string().unwrap());
    let kept = Collection::ALL.map(|collection| format!("{collection}.json"));
    for name in made.chain(kept).chain(["instance-id".to_owned()]) {
        assert!(
            readme.contains(&format!("| `{name}` |")),
            "{name} is missing"
        );
    }
}

/// A section's commands, block by block, each with what the README says that they answer.
fn blocks(readme: &str, heading: &str) -> Vec<(String, String)> {
    let (_, section) = readme.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let code = section.split("```").skip(1).step_by(2);
    let mut code = code.filter_map(|block| block.split_once('\n'));
    let mut blocks = Vec::new();
    while let Some((language, typed)) = code.next() {
        match language {
            "sh" => match code.next() {
                Some(("json", said)) => blocks.push((typed.to_owned(), said.to_owned())),
                other => panic!("no answer to {typed}: {other:?}"),
            },
            _ => assert!(matches!(language, "console" | "text"), "{language}"),
        }
    }
    blocks
}

/// The text without what is new each time: ids, and times of today.
pub(super) fn without_what_is_new(text: &str) -> String {
    let is_id = |text: &str| {
        let dashes = text.match_indices('-').map(|(place, _)| place);
        text.len() == 36 && dashes.eq([8, 13, 18, 23])
    };
    let parts = text.split('"').map(|part| {
        if is_id(part) {
            "(id)"
        } else if part.parse::<Timestamp>().is_ok() {
            "(time)"
        } else {
            part
        }
    });
    parts.collect::<Vec<_>>().join("\"")
}

fn assert_told_as_it_is(heading: &str, arguments: &[&str]) {
    if !curl_is_here() {
        return;
    }
    let folder = tempdir().unwrap();
    let mut start = PROGRAM.start(folder.path());
    start.command.args(arguments);
    let server = start.serve();
    let blocks = blocks(&readme(), heading);
    assert!(blocks.len() > 1);
    for (typed, told) in blocks {
        let typed = typed
            .replace("127.0.0.1:3000", &server.address().to_string())
            .replace("./data/quickstart", folder.path().to_str().unwrap());
        let said = type_in(&typed);
        assert_eq!(
            without_what_is_new(&said),
            without_what_is_new(&told),
            "{typed}\n{said}"
        );
    }
}

#[test]
fn its_story_of_counting_is_what_happens() {
    assert_told_as_it_is("Count and give back", &[]);
}

#[test]
fn its_story_of_several_accounts_is_what_happens() {
    let arguments = ["--account-header", "x-account"];
    let told = format!(
        "cargo run -p {} -- {}\n",
        PROGRAM.name(),
        arguments.join(" ")
    );
    assert!(readme().contains(&told));
    assert_told_as_it_is("Several accounts", &arguments);
}

#[test]
fn its_story_of_a_rate_is_what_happens() {
    assert_told_as_it_is("Not faster than the plan", &[]);
}
