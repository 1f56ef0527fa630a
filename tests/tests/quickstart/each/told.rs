//! A section of the README, done as it is told: its starts are made, its commands typed, and its answers and lines of the log are the real
//! ones.

use tempfile::tempdir;

use super::PROGRAM;
use super::readme::{readme, without_what_is_new};
use super::story::{curl_is_here, type_in};
use crate::programs::CLI;
use crate::server::Server;

/// What a section has in its boxes.
#[derive(Debug)]
enum Step {
    /// A start, with its arguments.
    Start(String),
    /// Commands, and what the next box says that they answer.
    Typed(String, Option<String>),
    /// A line of the log.
    Logged(String),
}

fn steps(heading: &str) -> Vec<Step> {
    let readme = readme();
    let (_, section) = readme.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let boxes = section.split("```").skip(1).step_by(2);
    let mut steps = Vec::new();
    for (language, text) in boxes.filter_map(|text| text.split_once('\n')) {
        match language {
            "console" => {
                let start = format!("$ cargo run -q -p {}", PROGRAM.name());
                let arguments = text.trim().strip_prefix(&start).expect(text);
                let arguments = arguments.trim_start_matches(" -- ");
                steps.push(Step::Start(arguments.to_owned()));
            }
            "sh" => steps.push(Step::Typed(text.to_owned(), None)),
            "text" => steps.push(Step::Logged(text.trim().to_owned())),
            "json" => match steps.last_mut() {
                Some(Step::Typed(_, answer @ None)) => *answer = Some(text.to_owned()),
                other => panic!("nobody asked for {text}: {other:?}"),
            },
            other => panic!("{other}: {text}"),
        }
    }
    steps
}

/// Does what the section says; it has at least so many starts and answers.
fn assert_happens(heading: &str, least: usize) {
    if !curl_is_here() {
        return;
    }
    // Built, so that only what the commands themselves do is waited for.
    assert!(CLI.is_file());
    let folder = tempdir().unwrap();
    // The first start was long ago.
    drop(PROGRAM.start(folder.path()).serve());
    let mut definitions = String::new();
    let mut server: Option<Server> = None;
    let (mut starts, mut answers) = (0, 0);
    for step in steps(heading) {
        match step {
            Step::Start(arguments) => {
                drop(server.take());
                let mut start = PROGRAM.start(folder.path());
                start.command.args(arguments.split_whitespace());
                server = Some(start.serve());
                starts += 1;
            }
            Step::Typed(typed, None) => definitions.push_str(&typed),
            Step::Typed(typed, Some(told)) => {
                let server = server.as_ref().expect("it is started first");
                let script = format!("{definitions}{typed}")
                    .replace("127.0.0.1:3000", &server.address().to_string())
                    .replace("./data/quickstart", folder.path().to_str().unwrap());
                let said = type_in(&script);
                assert!(!said.contains("eyJ"), "an answer shows the key: {said}");
                assert_eq!(
                    without_what_is_new(&said),
                    without_what_is_new(&told),
                    "{typed}\n{said}"
                );
                answers += 1;
            }
            Step::Logged(line) => {
                let server = server.as_ref().expect("it is started first");
                let is_said = server.stderr.wait(|log| log.contains(&line));
                assert!(is_said, "{line}\nis not in\n{}", server.stderr.text());
            }
        }
    }
    assert!(
        starts >= least && answers >= least,
        "{starts} starts, {answers} answers"
    );
}

#[test]
fn its_year_of_a_license_is_what_happens() {
    assert_happens("A year in the life of a license", 6);
}

#[test]
fn its_story_of_the_office_is_what_happens() {
    assert_happens("Open from the office alone", 2);
}
