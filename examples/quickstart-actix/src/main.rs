//! The quickstart: one signed key opens one real route.
//!
//! [`app`] is the program; what is prepared so that nothing needs to be prepared by hand is in `quickstart-common`.

mod app;
mod office;
mod paths;
mod serve;
mod users;

use std::process::ExitCode;

use quickstart_common::Program;

const PROGRAM: Program = Program {
    name: "quickstart-actix",
    framework: "actix-web",
    // The server tells of its workers.
    log: "info,actix_server=warn",
};

#[actix_web::main]
async fn main() -> ExitCode {
    PROGRAM.run(serve::serve).await
}
