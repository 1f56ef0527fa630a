//! What the program prints: where it is, and what to try.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;

use entitlements_actix::Entitlements;
use entitlements_actix::instance::{Fingerprint, InstanceOptions};

use crate::admin::{Token, token_path};
use crate::arguments::Arguments;
use crate::{Failure, vendor};

pub(crate) fn say(
    address: SocketAddr,
    arguments: &Arguments,
    entitlements: &Entitlements,
    token: &Token,
) -> Result<(), Failure> {
    let data = &arguments.data;
    let mut text = format!("listening on http://{address}\n");
    let current = entitlements.current();
    let (edition, status) = (current.plan_in_force().title(), current.status());
    writeln!(text, "edition in force: {edition} ({status})")?;
    writeln!(
        text,
        "fingerprint of this installation: {}",
        fingerprint(arguments)
    )?;
    if let Some(token) = &token.new {
        let path = token_path(data);
        writeln!(
            text,
            "admin token, shown only now and kept in {}: {token}",
            path.display()
        )?;
    }
    let key = match arguments.trusted_key.as_slice() {
        [] => vendor::private_key_path(data).display().to_string(),
        _ => "YOUR.private.pem".into(),
    };
    let token = match &arguments.admin_token {
        Some(_) => "$ADMIN_TOKEN".into(),
        None => format!("$(cat {})", token_path(data).display()),
    };
    write!(
        text,
        r#"
Try next, in another terminal and in the repository's folder:

  # 1. issue a license for three nodes and fifteen users
  KEY=$(cargo run -q -p entitlements-cli -- issue --key {key} --catalog examples/container-panel/catalog.toml --customer ops@acme.example --plan business --limit nodes=3 --limit users=15 --days 365)

  # 2. activate it
  curl -sS -w '\n' http://{address}/api/v1/license -H "Authorization: Bearer {token}" -d "{{\"key\":\"$KEY\"}}"

  # 3. see /api/v1/features/ldap change from 402 to 200
  curl -sS -w '\n' http://{address}/api/v1/features/ldap

"#
    )?;
    // Nobody reads a closed pipe; serving goes on.
    let _ = anstream::stdout().lock().write_all(text.as_bytes());
    Ok(())
}

pub(crate) fn say_error(failure: &Failure) {
    let _ = writeln!(anstream::stderr().lock(), "error: {failure}");
}

/// What a vendor binds a license to with `issue --instance`.
fn fingerprint(arguments: &Arguments) -> String {
    let options = InstanceOptions::new()
        .salt(&arguments.fingerprint_salt)
        .data_dir(&arguments.data);
    match Fingerprint::of_this_instance(&options) {
        Ok(fingerprint) => fingerprint.to_string(),
        Err(error) => format!("cannot be told: {error}"),
    }
}
