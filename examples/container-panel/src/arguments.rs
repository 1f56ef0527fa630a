use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use entitlements_actix::Timestamp;

/// A container panel in three editions, whose license keys are signed with RS512
///
/// Needs nothing prepared: the first start makes a folder with a development vendor's key pair and an admin token, and says
/// what to try.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3004")]
    pub(crate) listen: SocketAddr,

    /// The folder for everything that outlasts the program
    #[arg(long, value_name = "DIR", default_value = "./data/container-panel")]
    pub(crate) data: PathBuf,

    /// The vendor's public key file: RSA of 4096 bits or more; may be repeated. The development vendor is then not trusted
    #[arg(long, value_name = "PEM")]
    pub(crate) trusted_key: Vec<PathBuf>,

    /// A license key; ENTITLEMENTS_LICENSE_KEY, or the file that ENTITLEMENTS_LICENSE_KEY_FILE names, is read too
    #[arg(long, value_name = "KEY")]
    pub(crate) license_key: Option<String>,

    /// The token of the panel's administrator, instead of the one in the data folder
    #[arg(long, value_name = "TOKEN")]
    pub(crate) admin_token: Option<String>,

    /// What the fingerprint of this installation is salted with
    #[arg(long, value_name = "TEXT", default_value = "container-panel")]
    pub(crate) fingerprint_salt: String,

    /// What the clock shows at the start, such as 2027-01-31T12:00:00Z; it runs from there
    #[arg(long, value_name = "RFC3339")]
    pub(crate) now: Option<Timestamp>,
}
