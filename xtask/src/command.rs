//! The command line.

pub(crate) const USAGE: &str = "\
usage: cargo xtask <command>

  test [--fast]   the whole suite, stopping at the first failure; --fast leaves out the feature matrix
  ci [--fast]     the same, after the versions of the tools
  bench [ARGS]    the benchmarks, which write docs/benchmarks.md; ARGS go to `cargo bench`
  doc [ARGS]      the documentation, warnings refused; ARGS go to `cargo doc` (`--open`)
  fmt             format every crate";

/// How much of the suite is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Full,
    /// Without the feature matrix.
    Fast,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Test { scope: Scope },
    Ci { scope: Scope },
    Bench { more: Vec<String> },
    Doc { more: Vec<String> },
    Fmt,
}

impl Command {
    pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments.into_iter();
        let command = arguments.next().ok_or("say which command")?;
        let more: Vec<String> = arguments.collect();
        match command.as_str() {
            "test" => Ok(Self::Test {
                scope: scope(&more)?,
            }),
            "ci" => Ok(Self::Ci {
                scope: scope(&more)?,
            }),
            "bench" => Ok(Self::Bench { more }),
            "doc" => Ok(Self::Doc { more }),
            "fmt" => match more.first() {
                Some(unknown) => Err(format!("`fmt` takes no argument, not `{unknown}`")),
                None => Ok(Self::Fmt),
            },
            "help" | "-h" | "--help" => Ok(Self::Help),
            unknown => Err(format!("there is no command `{unknown}`")),
        }
    }
}

fn scope(arguments: &[String]) -> Result<Scope, String> {
    match arguments {
        [] => Ok(Scope::Full),
        [flag] if flag == "--fast" => Ok(Scope::Fast),
        [flag, ..] => Err(format!("the suite takes `--fast` or nothing, not `{flag}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, Scope};

    fn parse(line: &str) -> Result<Command, String> {
        Command::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn reads_each_command() {
        assert_eq!(parse("test"), Ok(Command::Test { scope: Scope::Full }));
        assert_eq!(
            parse("test --fast"),
            Ok(Command::Test { scope: Scope::Fast })
        );
        assert_eq!(parse("ci"), Ok(Command::Ci { scope: Scope::Full }));
        assert_eq!(
            parse("bench -- gate"),
            Ok(Command::Bench {
                more: vec!["--".into(), "gate".into()]
            })
        );
        assert_eq!(
            parse("doc --open"),
            Ok(Command::Doc {
                more: vec!["--open".into()]
            })
        );
        assert_eq!(parse("fmt"), Ok(Command::Fmt));
        assert_eq!(parse("--help"), Ok(Command::Help));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for line in ["", "tset", "test --slow", "test --fast --fast", "fmt --all"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
