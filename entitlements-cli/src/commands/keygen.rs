use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use clap::ValueEnum;
use entitlements_core::license::{KeyError, SigningKey};
use serde::Serialize;

use crate::failure::Failure;
use crate::files::{why, write_private, write_public};
use crate::output::Format;
use crate::progress;
use crate::quote;
use crate::report::Report;
use crate::rows;

const EXAMPLES: &str = "\
Examples:
  entitlements keygen --out keys
  entitlements keygen --out keys --kid acme-2026
  entitlements keygen --algorithm rsa4096 --out keys

Ed25519 is the better choice: its license keys are much shorter. RSA (RS512) is
for those who must sign with it; making such a key takes some seconds.

Keep the private key off servers and out of version control: whoever has it can
issue licenses.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// What the key signs with
    #[arg(long, value_enum, default_value_t)]
    algorithm: Algorithm,

    /// The directory for the two files, made if missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Name the files ID.private.pem and ID.public.pem; by default the key's thumbprint (RFC 7638)
    ///
    /// It is the name of the files alone: license keys name the signing key by its thumbprint, unless `issue --kid` says
    /// otherwise.
    #[arg(long, value_name = "ID", value_parser = file_name)]
    kid: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Algorithm {
    #[default]
    Ed25519,
    Rsa4096,
}

impl Algorithm {
    const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::Rsa4096 => "rsa4096",
        }
    }

    fn generate(self, format: Format) -> Result<SigningKey, KeyError> {
        match self {
            Self::Ed25519 => SigningKey::generate(),
            Self::Rsa4096 => {
                let what = "making an RSA key of 4096 bits";
                progress::spin(format, what, SigningKey::generate_rsa4096)
            }
        }
    }
}

#[derive(Serialize)]
struct Made<'a> {
    algorithm: &'static str,
    kid: &'a str,
    thumbprint: &'a str,
    private_key: String,
    public_key: String,
}

pub(crate) fn run(args: &Args, format: Format) -> Result<Report, Failure> {
    make_directory(&args.out)?;
    if let Some(kid) = &args.kid {
        // Before the time is spent that an RSA key takes.
        refuse_existing(&files_of(&args.out, kid))?;
    }
    let key = args.algorithm.generate(format).map_err(|error| {
        Failure::failed(
            "randomness",
            error.to_string(),
            "make the key on another machine",
        )
    })?;
    let kid = args.kid.as_deref().unwrap_or(key.kid());
    let paths = files_of(&args.out, kid);
    refuse_existing(&paths)?;
    let [private, public] = paths;
    write_public(&public, &key.public_key_pem()).map_err(|error| not_written(&public, &error))?;
    write_private(&private, &key.private_key_pem()).map_err(|error| {
        // Half a pair is of no use. Where it stays, the next attempt says so.
        let _ = fs::remove_file(&public);
        not_written(&private, &error)
    })?;

    let made = Made {
        algorithm: args.algorithm.name(),
        kid,
        thumbprint: key.kid(),
        private_key: private.to_string_lossy().into_owned(),
        public_key: public.to_string_lossy().into_owned(),
    };
    let text = rows::rows(&[
        ("private key", quote::plain(&made.private_key)),
        ("public key", quote::plain(&made.public_key)),
        ("thumbprint", made.thumbprint.to_owned()),
    ]);
    Report::new(text, &made)
}

/// The private key and the public one.
fn files_of(out: &Path, kid: &str) -> [PathBuf; 2] {
    ["private", "public"].map(|half| out.join(format!("{kid}.{half}.pem")))
}

fn make_directory(out: &Path) -> Result<(), Failure> {
    fs::create_dir_all(out).map_err(|error| {
        let why = why(&error);
        let message = format!("cannot make the directory {}: {why}", quote::path(out));
        Failure::failed(
            "output_directory",
            message,
            "name a directory that can be written to",
        )
    })
}

/// Says so before anything is written; that nothing is written over is a promise of `files`.
fn refuse_existing(paths: &[PathBuf]) -> Result<(), Failure> {
    // A link that leads nowhere is there too.
    match paths.iter().find(|path| path.symlink_metadata().is_ok()) {
        Some(path) => Err(not_written(path, &io::ErrorKind::AlreadyExists.into())),
        None => Ok(()),
    }
}

fn not_written(path: &Path, error: &io::Error) -> Failure {
    let message = format!("cannot write {}: {}", quote::path(path), why(error));
    if error.kind() == io::ErrorKind::AlreadyExists {
        let action = "keys are never written over: choose another `--kid` or `--out`";
        return Failure::failed("key_exists", message, action);
    }
    Failure::failed(
        "output",
        message,
        "name a directory that can be written to with `--out`",
    )
}

/// A `kid` that is the name of a file, here and on other systems.
fn file_name(kid: &str) -> Result<String, String> {
    let fault = if kid.is_empty() {
        "it names files"
    } else if kid.len() > 128 {
        "it has more than 128 bytes"
    } else if kid.starts_with('.') || kid.contains("..") {
        "it names files, so it cannot begin with a dot or hold two"
    } else if kid.contains(['/', '\\']) || !is_one_name(kid) {
        "it names files, so it cannot hold a path"
    } else if kid.chars().any(char::is_control) {
        "it holds a control character"
    } else {
        return Ok(kid.to_owned());
    };
    Err(fault.to_owned())
}

fn is_one_name(kid: &str) -> bool {
    let mut components = Path::new(kid).components();
    matches!((components.next(), components.next()), (Some(Component::Normal(name)), None) if name == kid)
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_kid_that_is_no_file_name_is_refused() {
        for kid in [
            "", ".", "..", ".hidden", "a/b", "/etc", "a\\b", "a..b", "a\nb", "a\u{0}b", "a\u{7f}",
        ] {
            assert!(file_name(kid).is_err(), "{kid:?}");
        }
        for kid in [
            "acme",
            "acme-2026.1",
            "-x",
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            "schlüssel",
        ] {
            assert!(file_name(kid).is_ok(), "{kid:?}");
        }
        assert!(file_name(&"k".repeat(128)).is_ok());
        assert!(file_name(&"k".repeat(129)).is_err());
    }
}
