//! What the program prints: where it is, and what to try.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use entitlements_core::Catalog;
use entitlements_core::catalog::Plan;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::proxies;
use crate::setup::Setup;

/// Says where the server is and the three commands to try, ready to paste.
pub(crate) fn say(address: SocketAddr, setup: &Setup, arguments: &Arguments) {
    // Nobody reads a closed pipe; serving goes on.
    let _ = anstream::stdout()
        .lock()
        .write_all(text(address, setup, arguments).as_bytes());
}

pub(crate) fn say_error(failure: &Failure) {
    let _ = writeln!(anstream::stderr().lock(), "error: {failure}");
}

fn text(address: SocketAddr, setup: &Setup, arguments: &Arguments) -> String {
    let base = format!("http://{address}");
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_text(&mut text, &base, setup, arguments);
    text
}

fn write_text(text: &mut String, base: &str, setup: &Setup, arguments: &Arguments) -> fmt::Result {
    let current = setup.entitlements.current();
    writeln!(text, "listening on {base}")?;
    write_routes(text, arguments)?;
    writeln!(
        text,
        "plan in force: {} ({})",
        current.plan_in_force().name(),
        current.status()
    )?;
    writeln!(text, "{}", proxies::told(arguments))?;
    if let Some(token) = &setup.new_token {
        let path = setup.data.token_path();
        writeln!(
            text,
            "admin token, shown only now and kept in {}: {token}",
            path.display()
        )?;
    }
    writeln!(
        text,
        "\nTry next, in another terminal and in this folder:\n"
    )?;
    writeln!(text, "  # 1. issue a license key{}", whose_key(arguments))?;
    writeln!(text, "  {}", issue_command(setup, arguments))?;
    writeln!(text, "\n  # 2. activate it")?;
    writeln!(
        text,
        "  curl -sS {base}/api/v1/license -H \"Authorization: Bearer {}\" -d \"{{\\\"key\\\":\\\"$KEY\\\"}}\"",
        token_word(setup, arguments)
    )?;
    writeln!(text, "\n  # 3. see /sso change from 402 to 200")?;
    writeln!(text, "  curl -i {base}/sso\n")
}

/// Who may call what, in two columns.
fn write_routes(text: &mut String, arguments: &Arguments) -> fmt::Result {
    let account = if arguments.account_header.is_some() {
        "account of header"
    } else {
        "this account"
    };
    for (who, routes) in [
        ("open to all", "GET /  /users, DELETE /users/{id},"),
        ("", "GET /api/v1/plans  /api/v1/openapi.json"),
        ("feature `sso`", "GET /sso"),
        ("feature `audit`", "GET /audit"),
        ("limit `users`", "POST /users"),
        ("rate `api`", "GET /ping"),
        ("account's list", "GET /office"),
        (
            "admin token",
            "GET, POST, DELETE /api/v1/license, GET /api/v1/license/status,",
        ),
        (
            "",
            "POST /api/v1/license/revalidate, POST /api/v1/license/revocations,",
        ),
        (
            "",
            "GET /api/v1/audit, GET, POST /api/v1/accounts, GET, PATCH",
        ),
        ("", "/api/v1/accounts/{id} and what is below, and"),
        ("", "/api/v1/account/ip-allowlist and its entries"),
        (account, "GET /api/v1/entitlements; with the admin token"),
        (
            "",
            "/api/v1/entitlements/explain and /downgrade-preview?plan=,",
        ),
        ("", "/api/v1/account/ip-allowlist and what is below"),
    ] {
        writeln!(text, "  {who:<18}{routes}")?;
    }
    Ok(())
}

fn whose_key(arguments: &Arguments) -> &'static str {
    if arguments.trusted_key.is_empty() {
        " with the development vendor's key, which no product should ever trust"
    } else {
        " with the private half of the key you trust"
    }
}

fn issue_command(setup: &Setup, arguments: &Arguments) -> String {
    let catalog = arguments
        .catalog
        .clone()
        .unwrap_or_else(|| setup.data.catalog_path());
    let key = if arguments.trusted_key.is_empty() {
        shell(&setup.data.private_key_path())
    } else {
        "YOUR.private.pem".into()
    };
    // A key that is issued at the real time would be one of the future, or of the past.
    let issued_at = arguments
        .now
        .map_or_else(String::new, |now| format!(" --issued-at {now}"));
    format!(
        "KEY=$(cargo run -q -p entitlements-cli -- issue --key {key} --catalog {} --customer 'Acme GmbH' --plan {} --days 30{issued_at})",
        shell(&catalog),
        shell(Path::new(plan_to_try(setup.entitlements.catalog())))
    )
}

/// The lowest plan that opens `/sso`, by the catalog that was given.
fn plan_to_try(catalog: &Catalog) -> &str {
    let sso = catalog.feature_id("sso");
    let plans = catalog.plan_order().iter().map(|id| catalog.plan_at(*id));
    plans
        .filter(|plan| sso.is_some_and(|sso| plan.has(sso)))
        .map(Plan::name)
        .next()
        .unwrap_or("business")
}

/// The token by where it is, so that it does not end up in a shell's history.
fn token_word(setup: &Setup, arguments: &Arguments) -> String {
    if arguments.admin_token.is_some() {
        "$ADMIN_TOKEN".into()
    } else {
        format!("$(cat {})", shell(&setup.data.token_path()))
    }
}

/// A path as one word of a shell's command.
fn shell(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
