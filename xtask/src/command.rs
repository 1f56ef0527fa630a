//! The command line.

pub(crate) const USAGE: &str = "\
usage: cargo xtask <command>

  test [--fast] [--fuzz]   the whole suite, stopping at the first failure; --fast leaves out the feature matrix, --fuzz
                           adds 30 seconds of each fuzz target, where there are a nightly and a C++ compiler
  ci [--fast] [--fuzz]     the same, after the versions of the tools
  bench [ARGS]             the benchmarks, which write docs/benchmarks.md; ARGS go to `cargo bench`
  doc [ARGS]               the documentation, warnings refused; ARGS go to `cargo doc` (`--open`)
  services                 the servers that tests start, into target/services where the machine has none; the suite does it by itself
  assets                   the man pages and shell completions, into target/assets
  fuzz                     what --fuzz adds, alone
  fuzz-corpus              the seeds of the fuzz targets anew, from what the tests and the specification hold
  fmt                      format every crate";

/// How much of the suite is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) scope: Scope,
    pub(crate) fuzzing: Fuzzing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Full,
    /// Without the feature matrix.
    Fast,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fuzzing {
    No,
    /// Each target for some seconds, after everything else.
    Short,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Test { extent: Extent },
    Ci { extent: Extent },
    Bench { more: Vec<String> },
    Doc { more: Vec<String> },
    Services,
    Assets,
    Fuzz,
    FuzzCorpus,
    Fmt,
}

impl Command {
    pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments.into_iter();
        let command = arguments.next().ok_or("say which command")?;
        let more: Vec<String> = arguments.collect();
        match command.as_str() {
            "test" => Ok(Self::Test {
                extent: extent(&more)?,
            }),
            "ci" => Ok(Self::Ci {
                extent: extent(&more)?,
            }),
            "bench" => Ok(Self::Bench { more }),
            "doc" => Ok(Self::Doc { more }),
            "services" => alone(&command, &more, Self::Services),
            "assets" => alone(&command, &more, Self::Assets),
            "fuzz" => alone(&command, &more, Self::Fuzz),
            "fuzz-corpus" => alone(&command, &more, Self::FuzzCorpus),
            "fmt" => alone(&command, &more, Self::Fmt),
            "help" | "-h" | "--help" => Ok(Self::Help),
            unknown => Err(format!("there is no command `{unknown}`")),
        }
    }
}

/// A command that takes no argument.
fn alone(name: &str, arguments: &[String], command: Command) -> Result<Command, String> {
    match arguments.first() {
        Some(unknown) => Err(format!("`{name}` takes no argument, not `{unknown}`")),
        None => Ok(command),
    }
}

fn extent(arguments: &[String]) -> Result<Extent, String> {
    let mut extent = Extent {
        scope: Scope::Full,
        fuzzing: Fuzzing::No,
    };
    for argument in arguments {
        match argument.as_str() {
            "--fast" if extent.scope == Scope::Full => extent.scope = Scope::Fast,
            "--fuzz" if extent.fuzzing == Fuzzing::No => extent.fuzzing = Fuzzing::Short,
            "--fast" | "--fuzz" => return Err(format!("`{argument}` is there twice")),
            _ => {
                return Err(format!(
                    "the suite takes `--fast` and `--fuzz`, not `{argument}`"
                ));
            }
        }
    }
    Ok(extent)
}

#[cfg(test)]
mod tests {
    use super::{Command, Extent, Fuzzing, Scope};

    fn parse(line: &str) -> Result<Command, String> {
        Command::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn reads_each_command() {
        let extent = |scope, fuzzing| Extent { scope, fuzzing };
        for (line, expected) in [
            ("test", extent(Scope::Full, Fuzzing::No)),
            ("test --fast", extent(Scope::Fast, Fuzzing::No)),
            ("test --fuzz --fast", extent(Scope::Fast, Fuzzing::Short)),
        ] {
            assert_eq!(
                parse(line),
                Ok(Command::Test { extent: expected }),
                "{line}"
            );
        }
        assert_eq!(
            parse("ci --fuzz"),
            Ok(Command::Ci {
                extent: extent(Scope::Full, Fuzzing::Short)
            })
        );
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
        assert_eq!(parse("services"), Ok(Command::Services));
        assert_eq!(parse("assets"), Ok(Command::Assets));
        assert_eq!(parse("fuzz"), Ok(Command::Fuzz));
        assert_eq!(parse("fuzz-corpus"), Ok(Command::FuzzCorpus));
        assert_eq!(parse("fmt"), Ok(Command::Fmt));
        assert_eq!(parse("--help"), Ok(Command::Help));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for line in [
            "",
            "tset",
            "test --slow",
            "test --fast --fast",
            "ci --fuzz --fuzz",
            "assets here",
            "fmt --all",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
