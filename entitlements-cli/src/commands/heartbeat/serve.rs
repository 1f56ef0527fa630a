use std::convert::Infallible;
use std::env;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use entitlements_core::strict::duration;
use entitlements_core::{Clock, SystemClock};
use serde::Serialize;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use super::kept::Kept;
use super::ledger::Ledger;
use super::listen::{asked_to_end, either, serve};
use super::router::{Service, router};
use super::sold::Sold;
use crate::failure::Failure;
use crate::files::read_key_file;
use crate::output::Format;
use crate::quote;
use crate::report::Report;

const VARIABLE: &str = "ENTITLEMENTS_HEARTBEAT_TOKEN";
const FEWEST_TOKEN_BYTES: usize = 16;
/// A kill loses no more than what came in this time.
const KEEP_EVERY: Duration = Duration::from_secs(5);

const EXAMPLES: &str = "\
Examples:
  entitlements heartbeat serve --listen 127.0.0.1:8090 --data /var/lib/beats \\
    --token-file /run/secrets/beats-token --licenses sold.csv
  curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:8090/licenses

Deployments post to `/beats`, without a credential and bounded: put a server
that speaks https in front, and give its URL to those who want to beat. The
vendor reads `/licenses`: each license, by the hash of its id, with the clusters
that were seen within the window; those to be looked at have `flags` and come
first. At most 100 clusters of a license are told apart, 50000 pairs of license
and cluster are kept, and none of them makes room for a new one: strangers can
make up clusters. With `--licenses` only those in the file are kept.

The file is CSV with the column `license` (ids), and if need be `clusters` (1 else)
and `nodes` (any number else).";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Where to listen; port 0 is any free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: SocketAddr,

    /// The folder that keeps what was seen, made if missing
    #[arg(long, value_name = "DIR")]
    data: PathBuf,

    /// How long a cluster counts after it was last seen
    #[arg(long, value_name = "DURATION", default_value = "30d", value_parser = window)]
    window: Duration,

    /// What was sold: a CSV file of licenses, and how many clusters and nodes each may have
    #[arg(long, value_name = "FILE")]
    licenses: Option<PathBuf>,

    /// A file with the token that reading needs, of at least 16 characters; else the variable
    /// `ENTITLEMENTS_HEARTBEAT_TOKEN`
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

#[derive(Serialize)]
struct Listening {
    listening: String,
}

#[derive(Serialize)]
struct Ended {
    ended: bool,
}

pub(crate) fn run(args: &Args, format: Format) -> Result<Report, Failure> {
    let token = token(args.token_file.as_deref())?;
    let sold = args.licenses.as_deref().map(Sold::read).transpose()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let (kept, found) = Kept::open(&args.data, clock.now()).map_err(|error| {
        let message = format!("the folder {}: {error}", quote::path(&args.data));
        Failure::failed(
            "data",
            message,
            "name a folder that this user may write to, and that no other process has",
        )
    })?;
    if let Some(note) = &found.note {
        // What cannot be said is no failure.
        let _ = writeln!(anstream::stderr(), "{note}");
    }
    let mut ledger = Ledger::new(args.window, sold);
    ledger.take_in(found.licenses);
    let service = Service::new(ledger, token, clock);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| cannot_listen(args.listen, &error))?;
    runtime.block_on(until_asked_to_end(args.listen, &service, &kept, format))?;
    let last = service.keep(|ledger| kept.write(ledger.seen()));
    last.map_err(|error| {
        let message = format!("what was seen last could not be kept: {error}");
        Failure::failed("data", message, "check the folder and its disk")
    })?;
    Report::new(String::new(), &Ended { ended: true })
}

async fn until_asked_to_end(
    address: SocketAddr,
    service: &Arc<Service>,
    kept: &Kept,
    format: Format,
) -> Result<(), Failure> {
    let failed = |error: io::Error| cannot_listen(address, &error);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    announce(listener.local_addr().map_err(failed)?, format);
    let serving = pin!(serve(listener, router(Arc::clone(service))));
    let mut keeping = pin!(keep(service, kept));
    let mut working = pin!(either(serving, keeping.as_mut()));
    either(working.as_mut(), pin!(asked_to_end())).await;
    Ok(())
}

/// Writes what changed every few seconds. Where it cannot be written, that is said once until it can be again.
async fn keep(service: &Service, kept: &Kept) -> Infallible {
    let mut is_failing = false;
    loop {
        tokio::time::sleep(KEEP_EVERY).await;
        match service.keep(|ledger| kept.write(ledger.seen())) {
            Ok(()) => is_failing = false,
            Err(error) if !is_failing => {
                is_failing = true;
                let _ = writeln!(anstream::stderr(), "what was seen cannot be kept: {error}");
            }
            Err(_) => {}
        }
    }
}

/// For a script that asked for any port, before the end of the command.
fn announce(address: SocketAddr, format: Format) {
    let listening = format!("http://{address}");
    let line = match format {
        Format::Text => format!("listening on {listening}"),
        Format::Json => serde_json::to_string(&Listening { listening }).unwrap_or_default(),
    };
    let mut stdout = anstream::stdout();
    // Whoever does not want to know still posts.
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}

fn token(file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
    let action = "write at least 16 random characters to a file, and name it with `--token-file`";
    let refused = |message: String| Failure::usage("token", message, action);
    let text = match file {
        Some(file) => {
            let bytes = Zeroizing::new(
                read_key_file(file)
                    .map_err(|why| refused(format!("the token {}: {why}", quote::path(file))))?,
            );
            let text = std::str::from_utf8(&bytes);
            Zeroizing::new(text.unwrap_or_default().trim().to_owned())
        }
        None => Zeroizing::new(env::var(VARIABLE).unwrap_or_default()),
    };
    if text.len() < FEWEST_TOKEN_BYTES || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(refused(
            "reading needs a token of at least 16 characters, without spaces".to_owned(),
        ));
    }
    Ok(text)
}

fn window(text: &str) -> Result<Duration, String> {
    duration::read(text).map_err(|_| "not a duration such as `30d` or `12h`".to_owned())
}

fn cannot_listen(address: SocketAddr, error: &io::Error) -> Failure {
    let message = format!("cannot listen on {address}: {error}");
    Failure::failed(
        "listen",
        message,
        "choose another `--listen`, or end what has that port",
    )
}
