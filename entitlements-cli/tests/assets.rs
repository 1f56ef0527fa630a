//! Man pages and completions: one page for each command, that a pager shows and a shell reads.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "integration tests"
)]

#[path = "../examples/assets/generate.rs"]
mod generate;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

struct Assets {
    folder: tempfile::TempDir,
    /// The text of each page by its file's name.
    pages: BTreeMap<String, String>,
}

impl Assets {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        generate::all(folder.path()).unwrap();
        let pages = std::fs::read_dir(folder.path().join("man")).unwrap();
        let pages = pages.map(|entry| {
            let entry = entry.unwrap();
            let text = std::fs::read_to_string(entry.path()).unwrap();
            (entry.file_name().into_string().unwrap(), text)
        });
        Self {
            pages: pages.collect(),
            folder,
        }
    }

    fn completions(&self) -> std::path::PathBuf {
        self.folder.path().join("completions")
    }
}

/// The program and its commands at any depth, by the words that call them.
fn commands() -> Vec<(String, clap::Command)> {
    let mut program = entitlements_cli::command().disable_help_subcommand(true);
    program.build();
    let mut found = Vec::new();
    let mut open = vec![("entitlements".to_owned(), program)];
    while let Some((words, command)) = open.pop() {
        let below = command.get_subcommands();
        open.extend(below.map(|next| (format!("{words} {}", next.get_name()), next.clone())));
        found.push((words, command));
    }
    found
}

/// A page as text, without what only the formatter reads.
fn plain(page: &str) -> String {
    let lines = page.lines().filter(|line| !line.starts_with(".\\\""));
    let text: String = lines.flat_map(|line| [line, "\n"]).collect();
    ["\\fB", "\\fI", "\\fR"]
        .iter()
        .fold(text, |text, font| text.replace(font, ""))
        .replace("\\-", "-")
}

#[test]
fn every_command_has_a_page_and_no_page_is_of_something_else() {
    let assets = Assets::new();
    let pages: BTreeSet<_> = assets.pages.keys().cloned().collect();
    let expected: BTreeSet<_> = commands()
        .iter()
        .map(|(words, _)| format!("{}.1", words.replace(' ', "-")))
        .collect();
    assert_eq!(pages, expected);
    assert!(pages.contains("entitlements-catalog-check.1"));
}

#[test]
fn a_page_names_every_flag_of_its_command() {
    let assets = Assets::new();
    for (words, command) in commands() {
        let page = plain(&assets.pages[&format!("{}.1", words.replace(' ', "-"))]);
        for argument in command.get_arguments().filter(|flag| !flag.is_hide_set()) {
            if let Some(long) = argument.get_long() {
                assert!(
                    page.contains(&format!("--{long}")),
                    "`{words}`: --{long}\n{page}"
                );
            }
        }
    }
}

#[test]
fn pages_mention_only_pages_and_flags_that_exist() {
    let assets = Assets::new();
    let flags: BTreeSet<_> = commands()
        .iter()
        .flat_map(|(_, command)| command.get_arguments())
        .filter_map(|argument| argument.get_long().map(str::to_owned))
        .collect();
    for (name, page) in &assets.pages {
        let page = plain(page);
        let words = page.split(|c: char| !c.is_ascii_alphanumeric() && !"-()".contains(c));
        for word in words {
            if let Some(other) = word.strip_suffix("(1)") {
                let other = format!("{other}.1");
                assert!(
                    assets.pages.contains_key(&other),
                    "{name} refers to `{other}`"
                );
            }
            let flag = word
                .strip_prefix("--")
                .map(|flag| flag.trim_end_matches([')', '(']));
            if let Some(flag) = flag.filter(|flag| !flag.is_empty()) {
                assert!(flags.contains(flag), "{name} mentions `--{flag}`");
            }
        }
    }
}

#[test]
fn pages_say_which_program_and_version_they_are_of() {
    let source = concat!("entitlements ", env!("CARGO_PKG_VERSION"));
    for (name, page) in &Assets::new().pages {
        let title = page.lines().find(|line| line.starts_with(".TH")).unwrap();
        assert!(title.contains(source), "{name}: {title}");
    }
}

#[test]
fn pages_render_where_there_is_a_formatter() {
    let assets = Assets::new();
    for (words, _) in commands() {
        let name = format!("{}.1", words.replace(' ', "-"));
        let path = assets.folder.path().join("man").join(&name);
        // Without warnings turned on, a formatter passes over what it does not know.
        let Some(output) = run("groff", &["-man", "-Tutf8", "-ww"], &path) else {
            return;
        };
        assert!(output.status.success(), "{name}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{name}");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let footer = format!("{}(1)", name.trim_end_matches(".1"));
        assert!(text.trim_end().ends_with(&footer), "{text}");
    }
}

#[test]
fn there_is_a_completion_for_each_shell_and_it_knows_every_command() {
    let completions = Assets::new();
    for file in [
        "entitlements.bash",
        "_entitlements",
        "entitlements.fish",
        "_entitlements.ps1",
        "entitlements.elv",
    ] {
        let text = std::fs::read_to_string(completions.completions().join(file)).unwrap();
        for (words, _) in commands() {
            let last = words.rsplit(' ').next().unwrap();
            assert!(text.contains(last), "{file} lacks `{words}`");
        }
    }
}

#[test]
fn shells_read_their_completions() {
    let assets = Assets::new();
    for (shell, arguments, file) in [
        ("bash", ["-n"].as_slice(), "entitlements.bash"),
        ("zsh", &["-n"], "_entitlements"),
        ("fish", &["--no-execute"], "entitlements.fish"),
    ] {
        if let Some(output) = run(shell, arguments, &assets.completions().join(file)) {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{shell}: {said}");
        }
    }
}

/// What a program says of a file, where that program is installed.
fn run(program: &str, arguments: &[&str], file: &Path) -> Option<std::process::Output> {
    Command::new(program)
        .args(arguments)
        .arg(file)
        .stdin(Stdio::null())
        .output()
        .ok()
}
