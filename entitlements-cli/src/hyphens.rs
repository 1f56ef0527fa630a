//! Values that begin with a hyphen, which the argument parser would take for flags: thumbprints, ids and license keys are
//! base64url, and one of 64 begins so.
//!
//! 1. Behind a flag that takes a value, `-abc` is its value, and is joined to it: `--kid=-abc`.
//! 2. Where ids stand, `-abc` is an id, and where a license key stands, `-abc.def` is one: they go behind `--`.
//! 3. What begins with `--` is a flag, known or mistyped, and `-h` and `-V` are flags too.
//!
//! The parser's own way (`allow_hyphen_values`) would take any flag for such a value, mistyped or not, and each flag behind
//! the first id.

use std::ffi::{OsStr, OsString};

use clap::{Arg, Command};

/// The command line with these values where the parser takes them for what they are.
pub(crate) fn put_apart(
    root: &Command,
    words: impl IntoIterator<Item = OsString>,
) -> Vec<OsString> {
    let mut words = words.into_iter();
    // The program's own name.
    let mut plain: Vec<OsString> = words.next().into_iter().collect();
    let mut behind = Vec::new();
    let mut command = root;
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        if takes_value(command, &word) {
            plain.extend(with_value(word, words.next()));
        } else if begins_with_hyphen(&word) && is_positional(command, &word) {
            behind.push(word);
        } else {
            command = command.find_subcommand(&word).unwrap_or(command);
            plain.push(word);
        }
    }
    behind.extend(words);
    if !behind.is_empty() {
        plain.push("--".into());
    }
    plain.extend(behind);
    plain
}

/// One hyphen, and something behind it that is not asked of every command.
fn begins_with_hyphen(word: &OsStr) -> bool {
    matches!(word.as_encoded_bytes(), [b'-', first, ..] if *first != b'-')
        && word != "-h"
        && word != "-V"
}

/// Whether the next word is the value of this one.
fn takes_value(command: &Command, word: &OsStr) -> bool {
    let takes = |arg: &Arg| arg.get_action().takes_values();
    let name = word.to_str().and_then(|word| word.strip_prefix("--"));
    name.is_some_and(|name| {
        let mut arguments = command.get_arguments();
        arguments.any(|arg| arg.get_long() == Some(name) && takes(arg))
    })
}

fn with_value(flag: OsString, value: Option<OsString>) -> impl Iterator<Item = OsString> {
    let (first, second) = match value {
        Some(value) if begins_with_hyphen(&value) => {
            let mut joined = flag;
            joined.push("=");
            joined.push(value);
            (joined, None)
        }
        value => (flag, value),
    };
    [first].into_iter().chain(second)
}

/// Whether a word with a hyphen before it can be what this command works on.
fn is_positional(command: &Command, word: &OsStr) -> bool {
    match command.get_name() {
        "revoke" => true,
        "verify" | "inspect" => word.as_encoded_bytes().contains(&b'.'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::put_apart;

    #[track_caller]
    fn becomes(line: &str, expected: &str) {
        let words = line.split_whitespace().map(Into::into);
        let words = put_apart(&crate::command(), words);
        let words: Vec<_> = words.iter().map(|word| word.to_str().unwrap()).collect();
        assert_eq!(words.join(" "), expected, "{line}");
    }

    #[test]
    fn values_and_positionals_with_a_hyphen_are_told_from_flags() {
        for (line, expected) in [
            ("e verify --instance -a @k", "e verify --instance=-a @k"),
            (
                "e verify --public-key p -y.a.b --json",
                "e verify --public-key p --json -- -y.a.b",
            ),
            ("e --json inspect -y.a.b", "e --json inspect -- -y.a.b"),
            ("e revoke -a b --list l -c", "e revoke b --list l -- -a -c"),
            (
                "e revoke --kid -k -a -- -b --c",
                "e revoke --kid=-k -- -a -b --c",
            ),
            ("e issue --id -a --kid=-b", "e issue --id=-a --kid=-b"),
        ] {
            becomes(line, expected);
        }
    }

    #[test]
    fn all_else_is_left_to_the_parser() {
        for line in [
            "",
            "e",
            "e verify --public-key p -",
            "e verify -abc",
            "e verify --pubic-key -abc",
            "e verify --kid -h",
            "e revoke --list --json a",
            "e revoke -h",
            "e issue -V --trial -x",
            "e catalog table --format",
            "e catalog check -x.toml",
        ] {
            becomes(line, line);
        }
    }
}
