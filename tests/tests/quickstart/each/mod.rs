//! What holds of every quickstart. This folder is compiled once for each of them; [`PROGRAM`] says for which.

use super::PROGRAM;

mod accounts;
mod allowlist;
mod bad_licenses;
mod damaged;
mod flags;
mod garbage;
mod hostile;
mod key_file;
mod killed;
mod licenses;
mod methods;
mod outbound;
mod output;
mod pings;
mod proxies;
mod readme;
mod second_start;
mod stopping;
mod story;
mod told;
mod trust;
mod users;
mod vendors_keys;
