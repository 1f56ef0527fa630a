use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Command, FromArgMatches};
use entitlements_core::Timestamp;
use entitlements_core::client_address::{Cidr, ForwardedHeader};

use crate::program::Program;
use crate::{accounts, proxies};

/// What `--help` says below the program's first line.
const NEEDS: &str = "Needs nothing prepared: the first start makes a folder with a development vendor's key pair, \
                     a catalog and an admin token, and says what to try.";

/// The flags, which are those of every quickstart.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    pub(crate) listen: SocketAddr,

    /// The folder for what the first start makes
    #[arg(long, value_name = "DIR", default_value = "./data/quickstart")]
    pub(crate) data: PathBuf,

    /// The catalog, instead of the one in the data folder
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,

    /// A vendor's public key file, or KID=FILE; may be repeated. The development vendor is then not trusted
    #[arg(long, value_name = "PEM")]
    pub(crate) trusted_key: Vec<String>,

    /// The token for the management API, instead of the one in the data folder
    #[arg(long, value_name = "TOKEN")]
    pub(crate) admin_token: Option<String>,

    /// A license key; ENTITLEMENTS_LICENSE_KEY, or the file that ENTITLEMENTS_LICENSE_KEY_FILE names, is read too
    #[arg(long, value_name = "KEY")]
    pub(crate) license_key: Option<String>,

    /// Takes the account from this header. DANGEROUS, for trying out only: whoever can reach the program picks any account.
    /// Without it there is one account
    #[arg(long, value_name = "NAME", value_parser = accounts::read_header_name)]
    pub(crate) account_header: Option<String>,

    /// A proxy in front, or a range of them, such as 10.0.0.0/8; may be repeated. What it says of its client is believed. Without it the
    /// client is whoever connects
    #[arg(long, value_name = "CIDR", value_parser = proxies::read_range)]
    pub(crate) trusted_proxy: Vec<Cidr>,

    /// The header in which trusted proxies name their client; default X-Forwarded-For. It is the only one that is believed
    #[arg(long, value_name = "NAME", value_parser = proxies::read_header)]
    pub(crate) forwarded_header: Option<ForwardedHeader>,

    /// What the clock shows at the start, such as 2027-01-31T12:00:00Z; it runs from there
    #[arg(long, value_name = "RFC3339", value_parser = read_time)]
    pub(crate) now: Option<Timestamp>,
}

impl Arguments {
    /// Reads the command line, or says what is wrong with it: then the program ends with this code.
    pub(crate) fn read(program: &Program) -> Result<Self, ExitCode> {
        Self::parse(program).map_err(|mut error| {
            for kind in [ContextKind::InvalidArg, ContextKind::InvalidValue] {
                if let Some(ContextValue::String(text)) = error.get(kind)
                    && is_secret(text)
                {
                    error.insert(kind, ContextValue::String("(not shown)".into()));
                }
            }
            // Nobody may be reading.
            let _ = match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => error.print(),
                _ => say_in_one_line(&error),
            };
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        })
    }

    fn parse(program: &Program) -> Result<Self, clap::Error> {
        let about = format!(
            "One signed key opens one real route: entitlements with {}",
            program.framework
        );
        // What the program is comes last: deriving takes the first line of a type's documentation for it.
        let mut command =
            Self::augment_args(Command::new(program.name).version(env!("CARGO_PKG_VERSION")))
                .long_about(format!("{about}.\n\n{NEEDS}"))
                .about(about);
        let matches = command.try_get_matches_from_mut(std::env::args_os())?;
        let read = Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        match proxies::contradiction(&read) {
            Some(contradiction) => {
                Err(command.error(ErrorKind::MissingRequiredArgument, contradiction))
            }
            None => Ok(read),
        }
    }
}

fn read_time(text: &str) -> Result<Timestamp, &'static str> {
    text.parse()
        .map_err(|_| "not a time such as 2027-01-31T12:00:00Z")
}

/// As every other mistake is told; `--help` has the rest.
fn say_in_one_line(error: &clap::Error) -> std::io::Result<()> {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    writeln!(std::io::stderr(), "{first}; see --help")
}

/// Whether it may be a key or token that was typed in the wrong place; no flag and no address is that long.
pub(crate) fn is_secret(text: &str) -> bool {
    text.len() >= 48
}
