use std::ffi::OsString;

use anstyle::{AnsiColor, Style};
use entitlements_core::Timestamp;
use entitlements_core::license::UnverifiedToken;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;

use crate::failure::Failure;
use crate::input::license_key;
use crate::quote::escaped;
use crate::rejection::rejected_argument;
use crate::report::Report;
use crate::table::table;

const EXAMPLES: &str = "\
Examples:
  entitlements inspect @license.key
  pbpaste | entitlements inspect -
  entitlements inspect --json @license.key

No key is needed, and nothing is checked: anybody can write such a text, and
what it says may be a lie. `entitlements verify` says whether it is genuine. The
signature is not shown, so what is shown is no license key.
Exit codes: 0 it is shown, 4 it does not have the form of a license key.";

const UNVERIFIED: Style = AnsiColor::Yellow.on_default().bold();

/// The claims that are shown as times too.
const TIMES: [&str; 3] = ["exp", "nbf", "iat"];

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The license key itself, a file that holds it, or `-` for stdin
    #[arg(value_name = "KEY|@FILE|-")]
    key: OsString,
}

#[derive(serde::Serialize)]
struct Json<'a> {
    verified: bool,
    header: Members<'a>,
    claims: Members<'a>,
    times: Times<'a>,
    signature_bytes: usize,
    /// What every verifier refuses the header for.
    header_faults: Vec<Fault>,
}

#[derive(serde::Serialize)]
struct Fault {
    reason: &'static str,
    message: String,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let key = license_key(&args.key)?;
    let token =
        UnverifiedToken::read(&key).map_err(|error| rejected_argument(&args.key, &error))?;
    Report::new(text(&token), &json(&token))
}

fn text(token: &UnverifiedToken) -> String {
    let header = rows("header", token.header(), |_, value| escaped(value));
    let claims = rows("claims", token.claims(), |name, value| {
        match time(name, value) {
            Some(time) => format!("{value} ({time})"),
            None => escaped(value),
        }
    });
    let bytes = format!("{} bytes, not checked", token.signature_bytes());
    let faults = token.header_faults().iter();
    let faults = faults.map(|fault| row("remark", "header", format!("would be refused: {fault}")));
    let rows = header
        .chain(claims)
        .chain([row("signature", "", bytes)])
        .chain(faults);
    let table = table(["part", "name", "value"], rows);
    format!(
        "{UNVERIFIED}NOT VERIFIED:{UNVERIFIED:#} anybody can write this, nothing of it may be believed\n\n\
         {table}\n\n\
         {UNVERIFIED}NOT VERIFIED:{UNVERIFIED:#} `entitlements verify` says whether it is genuine"
    )
}

fn rows<'a>(
    part: &'static str,
    members: &'a [(String, String)],
    shown: impl Fn(&str, &str) -> String + 'a,
) -> impl Iterator<Item = [String; 3]> + 'a {
    members
        .iter()
        .map(move |(name, value)| row(part, &escaped(name), shown(name, value)))
}

fn row(part: &str, name: &str, value: String) -> [String; 3] {
    [part.to_owned(), name.to_owned(), value]
}

/// What a claim says that is a time, if it says one that a license can say.
fn time(name: &str, value: &str) -> Option<Timestamp> {
    let seconds: u64 = value.parse().ok().filter(|_| TIMES.contains(&name))?;
    let time = Timestamp::from_unix_seconds(i64::try_from(seconds).ok()?);
    u64::try_from(time.unix_seconds())
        .is_ok_and(|held| held == seconds)
        .then_some(time)
}

fn json(token: &UnverifiedToken) -> Json<'_> {
    Json {
        verified: false,
        header: Members(token.header()),
        claims: Members(token.claims()),
        times: Times(token.claims()),
        signature_bytes: token.signature_bytes(),
        header_faults: token
            .header_faults()
            .iter()
            .map(|fault| Fault {
                reason: fault.reason(),
                message: fault.to_string(),
            })
            .collect(),
    }
}

/// Members as they stand in the token: in its order, numbers with all their digits.
struct Members<'a>(&'a [(String, String)]);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            let value = RawValue::from_string(value.clone()).map_err(serde::ser::Error::custom)?;
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

struct Times<'a>(&'a [(String, String)]);

impl Serialize for Times<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let times = self.0.iter().filter_map(|(name, value)| {
            let time = time(name, value)?;
            Some((name, time.to_string()))
        });
        serializer.collect_map(times)
    }
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn only_claims_that_are_times_are_shown_as_times() {
        let shown = |name, value| time(name, value).map(|time| time.to_string());
        assert_eq!(
            shown("exp", "1801439999").as_deref(),
            Some("2027-01-31T23:59:59Z")
        );
        assert_eq!(shown("nbf", "0").as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(
            shown("iat", "253402300799").as_deref(),
            Some("9999-12-31T23:59:59Z")
        );
        for (name, value) in [
            ("iat", "253402300800"),
            ("iat", "18446744073709551615"),
            ("exp", "-1"),
            ("exp", "1e9"),
            ("exp", "1.5"),
            ("exp", "\"1801439999\""),
            ("exp", "null"),
            ("sub", "1801439999"),
        ] {
            assert_eq!(shown(name, value), None, "{name} {value}");
        }
    }
}
