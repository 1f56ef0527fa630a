//! Writes the man pages and the shell completions of `entitlements` into a folder, from what the program parses with.
//!
//! `cargo xtask assets` runs it. It is an example, so that nobody who installs the program builds the generators.
#![expect(clippy::print_stdout, reason = "a program for a terminal")]

mod generate;

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os()
        .nth(1)
        .ok_or("say into which folder the pages and completions go")?;
    for path in generate::all(&PathBuf::from(folder))? {
        println!("{}", path.display());
    }
    Ok(())
}
