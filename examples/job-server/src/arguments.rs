//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use entitlements_axum::Timestamp;

/// A job queue over HTTP on SQLite
#[derive(Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7419")]
    pub(crate) listen: SocketAddr,

    /// The folder for the database and what the license engine keeps
    #[arg(long, value_name = "DIR", default_value = "./data/job-server")]
    pub(crate) data: PathBuf,

    /// The token of whoever runs this server: for every route, and for the management API below /api/v1
    #[arg(
        long,
        value_name = "TOKEN",
        env = "JOB_SERVER_ADMIN_TOKEN",
        hide_env_values = true
    )]
    pub(crate) admin_token: String,

    /// The vendor's public key file; may be repeated. A product has it compiled in
    #[arg(long, value_name = "PEM")]
    pub(crate) trusted_key: Vec<PathBuf>,

    /// A license key; JOB_SERVER_LICENSE_KEY, or the file that JOB_SERVER_LICENSE_KEY_FILE names, is read too
    #[arg(long, value_name = "KEY")]
    pub(crate) license_key: Option<String>,

    /// 64 hexadecimal digits: the key for encryption at rest
    #[arg(
        long,
        value_name = "HEX",
        env = "JOB_SERVER_ENCRYPTION_KEY",
        hide_env_values = true
    )]
    pub(crate) encryption_key: Option<String>,

    /// The name under which this server is a node of its cluster
    #[arg(long, value_name = "NAME", default_value = "server")]
    pub(crate) node: String,

    /// Where to tell once a day how many nodes run which version with which license. Without it nothing is told anybody
    #[arg(long, value_name = "URL")]
    pub(crate) heartbeat: Option<String>,

    /// When its clock starts, which then runs; for trying out what time does
    #[arg(long, value_name = "RFC3339")]
    pub(crate) now: Option<Timestamp>,
}
