//! Signs revocation lists: what is taken back is on the next list, and stays on those that follow it.

use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use entitlements_core::license::{LicenseVerifier, RevocationDraft, RevocationList, Signer as _};
use entitlements_core::{Clock as _, SystemClock, Timestamp};
use serde::Serialize;

use crate::failure::Failure;
use crate::quote::{self, quoted};
use crate::report::Report;
use crate::signing_key::{self, NamedSigner};
use crate::time_arg;

use list_file::ListFile;

mod list_file;
mod refusal;

const EXAMPLES: &str = "\
Examples:
  entitlements revoke --key keys/acme.private.pem --list revoked.jwt \\
      01a205fa-7dc0-7e89-9f82-9c7ca65fba9f
  entitlements revoke --key keys/new.private.pem --list revoked.jwt \\
      --signing-key YKNWtWp-FtjUTVpje_HzmuEVNMgAINongZc3CJi3tZw
  entitlements revoke --key keys/acme.private.pem lic_1 lic_2 > revoked.jwt

Of the lists that one key signed, products follow the newest alone: name the
list so far with `--list`, and the new one says what it said and more, and takes
its place in the file. Never redirect stdout onto that file, which empties it
first. Products take the list from `ENTITLEMENTS_REVOCATIONS_FILE`, or posted to
their management API, which keeps it where it keeps licenses. To give a
license back, sign a new list without it: leave out `--list`, and name all other
ids.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The private key that signs the list; products must trust it
    #[arg(long, value_name = "PRIVATE.pem")]
    key: PathBuf,

    /// The list so far, signed by the same key: it is continued and replaced, and begun where there is none
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,

    /// Revoke all that the key of this id signed; can be repeated
    #[arg(long = "signing-key", value_name = "KID", value_parser = NonEmptyStringValueParser::new())]
    signing_keys: Vec<String>,

    /// The key id in the header, for products that know the signing key by another name than its thumbprint
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    kid: Option<String>,

    /// When it is issued; by default now. For products whose clock shows another time, such as in staging
    #[arg(long, value_name = "TIME", value_parser = time_arg::time)]
    issued_at: Option<Timestamp>,

    /// Ids of licenses to revoke, as `verify` shows them
    #[arg(value_name = "ID")]
    ids: Vec<String>,
}

#[derive(Serialize)]
struct Json<'a> {
    list: &'a str,
    issued_at: String,
    signed_by: &'a str,
    revoked: &'a [String],
    revoked_keys: &'a [String],
    /// How many of them were not on the list so far.
    added: usize,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let now = args.issued_at.unwrap_or_else(|| SystemClock::new().now());
    run_at(args, now)
}

fn run_at(args: &Args, now: Timestamp) -> Result<Report, Failure> {
    check_names(args)?;
    let key = signing_key::read(&args.key)?;
    let signer =
        NamedSigner::new(key, args.kid.as_deref()).map_err(|error| refusal::key(&error))?;
    let verifier = LicenseVerifier::new([signer.trusted_key().clone()])
        .map_err(|error| refusal::key(&error))?;
    let file = args
        .list
        .as_deref()
        .map(|path| ListFile::open(path, &verifier, now))
        .transpose()?;
    let so_far = file.as_ref().and_then(ListFile::list);

    let token = draft(args, so_far)
        .sign(&signer, now)
        .map_err(|error| refusal::list(&error))?;
    refusal::unless_readable(&token)?;
    let list = verifier
        .verify_revocations(&token, now)
        .map_err(|error| refusal::list(&error.into()))?;
    if let Some(file) = &file {
        file.replace(&token)?;
    }

    let json = Json {
        list: &token,
        issued_at: list.issued_at().to_string(),
        signed_by: list.kid(),
        revoked: list.licenses(),
        revoked_keys: list.keys(),
        added: names(&list) - so_far.map_or(0, names),
    };
    let notes = notes(args, file.as_ref(), &signer);
    Ok(Report::new(token.clone(), &json)?.with_notes(notes))
}

fn draft(args: &Args, so_far: Option<&RevocationList>) -> RevocationDraft {
    let draft = so_far.map_or_else(RevocationDraft::new, RevocationDraft::following);
    let draft = args.ids.iter().fold(draft, RevocationDraft::license);
    args.signing_keys.iter().fold(draft, RevocationDraft::key)
}

/// A list that revokes nothing new is not signed, and neither is one that names a file in place of what is in it: nothing
/// would be revoked by it.
fn check_names(args: &Args) -> Result<(), Failure> {
    if args.ids.is_empty() && args.signing_keys.is_empty() {
        let action = "give the ids of licenses, or `--signing-key` and the id of a key";
        return Err(Failure::usage(
            "usage",
            "there is nothing to revoke",
            action,
        ));
    }
    let licenses = args.ids.iter().map(|id| (id, "license"));
    let keys = args.signing_keys.iter().map(|kid| (kid, "key"));
    for (name, what) in licenses.chain(keys) {
        if Path::new(name).is_file() {
            let message = format!("{} is a file, not the id of a {what}", quoted(name));
            let action = format!("give the {what}'s id, as `entitlements verify` shows it");
            return Err(Failure::usage("usage", message, action));
        }
    }
    Ok(())
}

fn names(list: &RevocationList) -> usize {
    list.licenses().len() + list.keys().len()
}

fn notes(args: &Args, file: Option<&ListFile<'_>>, signer: &NamedSigner) -> Vec<String> {
    let begun = file.filter(|file| file.list().is_none()).map(|file| {
        let path = quote::path(file.path());
        format!("there was no {path}, so this list is its first")
    });
    let own = args.signing_keys.iter().find(|kid| signer.is_called(kid));
    let own = own.map(|_| {
        "this takes back all that the signing key itself signed; the list stays valid, and \
         whoever has the key can sign a newer one"
            .to_owned()
    });
    begun.into_iter().chain(own).collect()
}
