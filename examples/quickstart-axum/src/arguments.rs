use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;

/// One signed key opens one real route: entitlements with axum.
///
/// Needs nothing prepared: the first start makes a folder with a development vendor's key pair, a catalog and an admin
/// token, and says what to try.
#[derive(Debug, Parser)]
#[command(name = "quickstart-axum", version)]
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

    /// A license key; the catalog's variable, and that with _FILE behind it, are read too
    #[arg(long, value_name = "KEY")]
    pub(crate) license_key: Option<String>,
}
