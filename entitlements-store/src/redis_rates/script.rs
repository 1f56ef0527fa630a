//! Scripts, called by their digest, and sent whole to a server that does not know them.

use redis::{Cmd, ErrorKind, Script as Hashed, ServerErrorKind, Value};

use super::link::{Fault, Link};

/// A script that servers run.
#[derive(Debug)]
pub(super) struct Script {
    text: &'static str,
    hash: String,
}

impl Script {
    pub(super) fn new(text: &'static str) -> Self {
        Self {
            text,
            hash: Hashed::new(text).get_hash().to_owned(),
        }
    }

    /// Runs it with these keys and arguments, which tell where it runs.
    ///
    /// A server that was started anew, or whose scripts were flushed, gets the text: nothing was run there then.
    pub(super) async fn run(
        &self,
        link: &Link,
        keys: &[String],
        arguments: &[Argument],
    ) -> Result<Value, Fault> {
        let known = command("EVALSHA", &self.hash, keys, arguments);
        match link.send(&known).await {
            Err(Fault::Redis(error))
                if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) =>
            {
                let whole = command("EVAL", self.text, keys, arguments);
                link.send(&whole).await
            }
            answer => answer,
        }
    }
}

/// What a script is told.
#[derive(Debug)]
pub(super) enum Argument {
    Word(&'static str),
    Text(String),
    Number(u64),
}

pub(super) fn command(name: &str, script: &str, keys: &[String], arguments: &[Argument]) -> Cmd {
    let mut command = redis::cmd(name);
    command.arg(script).arg(keys.len()).arg(keys);
    for argument in arguments {
        match argument {
            Argument::Word(word) => command.arg(word),
            Argument::Text(text) => command.arg(text),
            Argument::Number(number) => command.arg(number),
        };
    }
    command
}
