//! The binary `entitlements`: everything it does is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    entitlements_cli::main()
}
