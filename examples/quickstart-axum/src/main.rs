//! The quickstart: one signed key opens one real route.
//!
//! [`app`] is the program; what is prepared so that nothing needs to be prepared by hand is in `quickstart-common`.

mod app;
mod office;
mod serve;
mod users;

use std::process::ExitCode;

use quickstart_common::Program;

const PROGRAM: Program = Program {
    name: "quickstart-axum",
    framework: "axum",
    log: "info",
};

#[tokio::main]
async fn main() -> ExitCode {
    PROGRAM.run(serve::serve).await
}
