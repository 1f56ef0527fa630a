//! The code of the constants, as text.

use std::collections::BTreeMap;

use crate::names::{Entry, Kind, Section};

/// Stands for the path of the crate that has the name types.
pub(crate) const CRATE: &str = "__entitlements_crate";

// Nobody uses every constant, the caller decides who sees the modules, and titles are the catalog's own text.
const ALLOWED: &str =
    "#[allow(dead_code, unreachable_pub, rustdoc::bare_urls, reason = \"made by `catalog!`\")]";

const WAY_ON: &str =
    "begin it with an ASCII letter and go on with letters, digits, `_`, `-` or `.`";

/// One module for each section.
pub(crate) fn write(sections: &[Section]) -> Result<String, String> {
    sections.iter().map(module).collect()
}

fn module(section: &Section) -> Result<String, String> {
    let Kind {
        plural,
        singular,
        type_name,
    } = section.kind;
    let mut constants = String::new();
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    for entry in &section.entries {
        let name = entry.name.as_str();
        let constant = constant_name(name).ok_or_else(|| {
            format!(
                "{singular} `{}` gives no name for a constant: {WAY_ON}",
                name.escape_debug()
            )
        })?;
        let docs = docs(singular, entry);
        constants.push_str(&format!(
            "    #[doc = {docs:?}]\n    pub const {constant}: {CRATE}::{type_name} = {CRATE}::{type_name}::from_static({name:?});\n"
        ));
        if let Some(other) = taken.insert(constant.clone(), name) {
            return Err(format!(
                "{plural} `{other}` and `{name}` both give the constant `{constant}`: rename one of them"
            ));
        }
    }
    Ok(format!(
        "#[doc = \"The names in `[{plural}]` of the catalog.\"]\n{ALLOWED}\npub mod {plural} {{\n{constants}}}\n"
    ))
}

/// The name in upper snake case, if that is an identifier.
fn constant_name(name: &str) -> Option<String> {
    let mut constant = String::with_capacity(name.len() + 4);
    let mut before = '_';
    for c in name.chars() {
        match c {
            'A'..='Z' if before.is_ascii_lowercase() || before.is_ascii_digit() => {
                constant.extend(['_', c]);
            }
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => constant.push(c.to_ascii_uppercase()),
            '-' | '.' => constant.push('_'),
            _ => return None,
        }
        before = c;
    }
    constant
        .starts_with(|c: char| c.is_ascii_uppercase())
        .then_some(constant)
}

fn docs(
    singular: &str,
    Entry {
        name,
        title,
        description,
    }: &Entry,
) -> String {
    let title = plain(title.as_deref().unwrap_or(name));
    let description = description
        .as_deref()
        .map(plain)
        .filter(|text| !text.is_empty());
    let first = format!("{title}: {singular} `{name}`.");
    [Some(first), description]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// The text on one line, so that an indent makes no code of it, with nothing in it that Markdown takes for markup.
fn plain(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut plain = String::with_capacity(line.len());
    for c in line.chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '&' | '~'
        ) {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{constant_name, write};
    use crate::names::read;

    #[test]
    fn names_become_upper_snake_case() {
        for (name, constant) in [
            ("sso", "SSO"),
            ("ip_allowlist", "IP_ALLOWLIST"),
            ("audit-log", "AUDIT_LOG"),
            ("reports.export", "REPORTS_EXPORT"),
            ("ssoLogin", "SSO_LOGIN"),
            ("SCIM", "SCIM"),
            ("v2Api", "V2_API"),
            ("s3", "S3"),
            ("self", "SELF"),
        ] {
            assert_eq!(constant_name(name).as_deref(), Some(constant), "{name}");
        }
    }

    #[test]
    fn names_that_give_no_identifier_are_refused() {
        for name in ["", "2fa", "_", "-x", "sso!", "a b", "größe", "a/b", "a\nb"] {
            assert_eq!(constant_name(name), None, "{name:?}");
            let catalog = format!("[plans.a]\n[features.{name:?}]");
            let refusal = write(&read(&catalog).unwrap()).unwrap_err();
            assert!(
                refusal.contains("gives no name for a constant: begin it with an ASCII letter"),
                "{refusal}"
            );
            assert!(!refusal.contains('\n'));
        }
    }

    #[test]
    fn two_names_for_one_constant_are_refused() {
        let refusal =
            write(&read("[plans.a]\n[limits.api-calls]\n[limits.api_calls]").unwrap()).unwrap_err();
        assert_eq!(
            refusal,
            "limits `api-calls` and `api_calls` both give the constant `API_CALLS`: rename one of them"
        );
    }

    #[test]
    fn one_name_in_two_sections_is_fine() {
        let code = write(&read("[plans.api]\n[limits.api]\n[rates.api]").unwrap()).unwrap();
        for type_name in ["PlanName", "LimitName", "RateName"] {
            let constant = format!("pub const API: __entitlements_crate::{type_name} =");
            assert_eq!(code.matches(&constant).count(), 1, "{type_name}: {code}");
        }
    }

    #[test]
    fn every_section_has_a_module_and_every_constant_its_docs() {
        let catalog = "[plans.community]\n[features.sso]\nname = 'SSO'\ndescription = '''Log in\n    [here]'''";
        let code = write(&read(catalog).unwrap()).unwrap();
        for plural in ["features", "limits", "rates", "plans", "addons"] {
            assert!(code.contains(&format!("pub mod {plural} {{")), "{code}");
        }
        assert!(
            code.contains(r#"#[doc = "SSO: feature `sso`.\n\nLog in \\[here\\]"]"#),
            "{code}"
        );
        assert!(
            code.contains(r#"#[doc = "community: plan `community`."]"#),
            "{code}"
        );
    }
}
