//! `serve` serves; `call` calls. See the README.

mod arguments;

use std::error::Error;
use std::net::SocketAddr;
use std::process::ExitCode;

use arguments::{Arguments, Call, Do};
use tokio::net::TcpListener;
use tonic::Status;
use tonic::transport::server::TcpIncoming;
use tonic_gated::client::Client;
use tonic_gated::{engine, gated};

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let done = match arguments::read(std::env::args().skip(1)) {
        Ok(Arguments::Help) => {
            say(arguments::USAGE);
            Ok(ExitCode::SUCCESS)
        }
        Ok(Arguments::Serve { grpc, http, from }) => serve(&grpc, &http, &from).await,
        Ok(Arguments::Call(call)) => self::call(call).await,
        Err(usage) => Err(usage.into()),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

async fn serve(grpc: &str, http: &str, from: &[String]) -> Result<ExitCode, Failure> {
    let (engine, upkeep, keys) = engine::prepare().await?;
    let front = gated::front(from, &engine)?;
    tokio::spawn(upkeep);
    let (grpc, http) = (
        TcpListener::bind(grpc).await?,
        TcpListener::bind(http).await?,
    );
    say(&format!("gRPC on http://{}", grpc.local_addr()?));
    say(&format!("HTTP and gRPC on http://{}", http.local_addr()?));
    let services = gated::services();
    let router = gated::router(services.clone(), front.clone(), engine.clone(), &keys);
    // tonic says by itself who connects.
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    let grpc = TcpIncoming::from(grpc);
    tokio::try_join!(
        async { Ok::<_, Failure>(gated::serve(grpc, services, front, engine, &keys).await?) },
        async { Ok::<_, Failure>(axum::serve(http, router).await?) },
    )?;
    Ok(ExitCode::SUCCESS)
}

async fn call(call: Call) -> Result<ExitCode, Failure> {
    let mut client = Client::connect(&call.to, call.key.as_deref()).await?;
    let answered = match call.what {
        Do::Plan => client
            .plan()
            .await
            .map(|shown| say(&format!("{} is on plan {}", shown.account, shown.plan))),
        Do::Create(name) => client
            .create(name)
            .await
            .map(|made| say(&format!("project {}: {}", made.id, made.name))),
        Do::Export(rows) => export(&mut client, rows).await,
    };
    Ok(match answered {
        Ok(()) => ExitCode::SUCCESS,
        Err(status) => {
            say(&told(&status));
            ExitCode::from(2)
        }
    })
}

async fn export(client: &mut Client, rows: u32) -> Result<(), Status> {
    let mut rows = client.export(rows).await?;
    while let Some(row) = rows.message().await? {
        say(&format!("row {}", row.number));
    }
    Ok(())
}

/// The status as gRPC's tools write it, and the denial's code where it is one.
fn told(status: &Status) -> String {
    let code = status.metadata().get("entitlements-code");
    let code = code.and_then(|code| code.to_str().ok());
    let code = code.map_or_else(String::new, |code| format!(" ({code})"));
    format!("{:?}: {}{code}", status.code(), status.message())
}

#[expect(clippy::print_stdout, reason = "a program for the terminal")]
fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "a program for the terminal")]
fn complain(line: &str) {
    eprintln!("error: {line}");
}
