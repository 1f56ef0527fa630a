use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use entitlements_core::instance::{
    DEFAULT_SALT, Fingerprint, FingerprintError, InstanceId, InstanceOptions,
};
use serde::Serialize;

use crate::failure::Failure;
use crate::report::Report;

const EXAMPLES: &str = "\
Examples:
  entitlements fingerprint
  entitlements fingerprint --data-dir /var/lib/acme --salt acme-panel

The customer runs it where the product runs, as the same user, and sends what it
prints. The vendor binds the license to it:
  entitlements issue --instance FINGERPRINT ...

It is a hash of the machine id, the host name and the salt. Without a machine
id, as in most containers, it is one of a random id in the file `instance-id` in
--data-dir, made if missing, and of the salt. Nothing else is read, and nothing
is sent.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The product's data folder, whose `instance-id` stands in for a missing machine id
    ///
    /// Where there is a machine id, the folder is not touched. In a container it must be on a volume, or the
    /// fingerprint changes at each rebuild.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// The salt that the product sets, if it sets one
    #[arg(long, value_name = "TEXT", default_value = DEFAULT_SALT, value_parser = NonEmptyStringValueParser::new())]
    salt: String,
}

#[derive(Serialize)]
struct Found<'a> {
    fingerprint: &'a str,
    from: &'static str,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let mut options = InstanceOptions::new();
    if let Some(folder) = &args.data_dir {
        options = options.data_dir(folder);
    }
    let id = InstanceId::of_this_instance(&options).map_err(|error| failed(&error))?;
    let fingerprint = Fingerprint::of(&id, &args.salt);
    let from = match id {
        InstanceId::Machine { .. } => "machine_id",
        InstanceId::Stored(_) => "stored_id",
    };
    let found = Found {
        fingerprint: fingerprint.as_str(),
        from,
    };
    Report::new(fingerprint.to_string(), &found)
}

fn failed(error: &FingerprintError) -> Failure {
    let (code, action) = match error {
        // The library speaks to whoever sets up the engine; here there is a flag.
        FingerprintError::NoId => (
            "no_machine_id",
            "name the product's data folder with `--data-dir`, or mount `/etc/machine-id` and fix the host name",
        ),
        FingerprintError::MachineId { .. } => ("machine_id", error.action()),
        FingerprintError::NoRandomness => ("randomness", error.action()),
        _ => ("stored_id", error.action()),
    };
    Failure::failed(code, error.cause(), action)
}

#[cfg(test)]
mod tests {
    use entitlements_core::instance::{Fingerprint, FingerprintError, InstanceOptions, Machine};

    use super::failed;
    use crate::failure::Exit;

    #[test]
    fn without_machine_id_and_folder_the_flag_is_named() {
        let nowhere = InstanceOptions::new().machine(Machine::of("", "node-1"));
        let error = Fingerprint::of_this_instance(&nowhere).unwrap_err();
        assert_eq!(error, FingerprintError::NoId);
        let failure = failed(&error);
        assert_eq!(
            (failure.exit, failure.code),
            (Exit::Failed, "no_machine_id")
        );
        assert!(failure.message.contains("no machine id"));
        assert!(failure.action.contains("`--data-dir`"));
    }

    #[test]
    fn a_broken_stored_id_says_what_to_do_with_the_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("instance-id"), "").unwrap();
        let broken = InstanceOptions::new()
            .machine(Machine::of("", "node-1"))
            .data_dir(folder.path());
        let failure = failed(&Fingerprint::of_this_instance(&broken).unwrap_err());
        assert_eq!((failure.exit, failure.code), (Exit::Failed, "stored_id"));
        assert!(
            failure
                .message
                .ends_with("instance-id` is no stored id: it is empty")
        );
        assert!(failure.action.contains("from a backup"));
    }
}
