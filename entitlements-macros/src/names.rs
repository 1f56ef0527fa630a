//! The names in a catalog, and what it says about them for people. Rules and values are core's to check.

use toml::de::{DeTable, DeValue};

/// One kind of name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    /// The table in the catalog, and the module of the constants.
    pub(crate) plural: &'static str,
    /// The word for one of them.
    pub(crate) singular: &'static str,
    /// The type in core.
    pub(crate) type_name: &'static str,
}

pub(crate) const KINDS: [Kind; 5] = [
    Kind {
        plural: "features",
        singular: "feature",
        type_name: "FeatureName",
    },
    Kind {
        plural: "limits",
        singular: "limit",
        type_name: "LimitName",
    },
    Kind {
        plural: "rates",
        singular: "rate",
        type_name: "RateName",
    },
    Kind {
        plural: "plans",
        singular: "plan",
        type_name: "PlanName",
    },
    Kind {
        plural: "addons",
        singular: "add-on",
        type_name: "AddonName",
    },
];

/// A name, with the title and description that its documentation shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
}

/// All names of one kind, in the order of their text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) kind: Kind,
    pub(crate) entries: Vec<Entry>,
}

/// Reads the names; every kind has a section, empty where the catalog has no such table.
pub(crate) fn read(text: &str) -> Result<Vec<Section>, String> {
    let document = DeTable::parse(text).map_err(|error| not_toml(text, &error))?;
    let sections = KINDS
        .into_iter()
        .map(|kind| {
            Ok(Section {
                kind,
                entries: entries(document.get_ref(), kind)?,
            })
        })
        .collect::<Result<Vec<_>, String>>()?;
    let no_plans = sections
        .iter()
        .any(|section| section.kind.plural == "plans" && section.entries.is_empty());
    if no_plans {
        return Err(
            "no `[plans]`, so this is no catalog: give it a table `[plans.<name>]` for each plan"
                .to_owned(),
        );
    }
    Ok(sections)
}

fn entries(document: &DeTable<'_>, kind: Kind) -> Result<Vec<Entry>, String> {
    let Some(value) = document.get(kind.plural) else {
        return Ok(Vec::new());
    };
    let DeValue::Table(table) = value.get_ref() else {
        let Kind {
            plural, singular, ..
        } = kind;
        return Err(format!(
            "`{plural}` must be a table: write `[{plural}.<name>]` for each {singular}"
        ));
    };
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(name, value)| Entry {
            name: name.get_ref().to_string(),
            title: text_in(value.get_ref(), "name"),
            description: text_in(value.get_ref(), "description"),
        })
        .collect();
    if kind.plural == "features" {
        add_listed(document, &mut entries);
    }
    // Another crate of the build may have made the reader keep the file's order.
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// A feature may be declared by a plan or an add-on that lists it (rule C6).
fn add_listed(document: &DeTable<'_>, entries: &mut Vec<Entry>) {
    let tables = |value: &'_ DeValue<'_>| match value {
        DeValue::Table(table) => table
            .values()
            .flat_map(|owner| strings_in(owner.get_ref(), "features"))
            .collect(),
        _ => Vec::new(),
    };
    let owners = ["plans", "addons"]
        .into_iter()
        .filter_map(|plural| document.get(plural));
    for name in owners.flat_map(|owners| tables(owners.get_ref())) {
        if entries.iter().all(|entry| entry.name != name) {
            entries.push(Entry {
                name,
                title: None,
                description: None,
            });
        }
    }
}

fn strings_in(value: &DeValue<'_>, key: &str) -> Vec<String> {
    let DeValue::Table(table) = value else {
        return Vec::new();
    };
    let Some(DeValue::Array(items)) = table.get(key).map(|value| value.get_ref()) else {
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| match item.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => None,
        })
        .collect()
}

fn text_in(value: &DeValue<'_>, key: &str) -> Option<String> {
    let DeValue::Table(table) = value else {
        return None;
    };
    match table.get(key)?.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    }
}

fn not_toml(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or_else(String::new, |before| {
        format!("line {}: ", before.matches('\n').count() + 1)
    });
    let message: Vec<&str> = error.message().split_whitespace().collect();
    format!("not TOML: {line}{}", message.join(" "))
}

#[cfg(test)]
mod tests {
    use super::{Entry, read};

    const CATALOG: &str = r#"
        schema = 1
        [product]
        name = "Acme Panel"
        [features.sso]
        name = "SSO (SAML / OIDC)"
        description = "Log in with the company's identity provider"
        [features.audit]
        [limits]
        users = { name = "Users", kind = "count" }
        [plans.community]
        name = "Community"
        limits = { users = 3 }
        [plans]
        business.extends = "community"
    "#;

    #[test]
    fn features_that_only_a_plan_lists_are_names_too() {
        let text = "[plans.a]\nfeatures = ['sso', 'audit']\n[addons.b]\nfeatures = ['cmek', 'sso']\n[features.sso]";
        assert_eq!(names(text, "features"), ["audit", "cmek", "sso"]);
    }

    fn names(text: &str, plural: &str) -> Vec<String> {
        let sections = read(text).unwrap();
        let section = sections
            .into_iter()
            .find(|section| section.kind.plural == plural)
            .unwrap();
        section
            .entries
            .into_iter()
            .map(|entry| entry.name)
            .collect()
    }

    #[test]
    fn reads_the_names_of_each_kind_sorted() {
        assert_eq!(names(CATALOG, "features"), ["audit", "sso"]);
        assert_eq!(names(CATALOG, "limits"), ["users"]);
        assert_eq!(names("[plans.b]\n[plans.a]", "plans"), ["a", "b"]);
        assert!(names("[plans.a]", "addons").is_empty());
    }

    #[test]
    fn reads_title_and_description_where_they_are_text() {
        let entry = |text: &str| read(text).unwrap().remove(0).entries.remove(0);
        assert_eq!(
            entry("[plans.a]\n[features.sso]\nname = 'SSO'\ndescription = 'Log in'"),
            Entry {
                name: "sso".into(),
                title: Some("SSO".into()),
                description: Some("Log in".into())
            }
        );
        for other in [
            "[plans.a]\n[features.sso]\nname = 7",
            "[plans.a]\n[features]\nsso = true",
        ] {
            assert_eq!(
                entry(other),
                Entry {
                    name: "sso".into(),
                    title: None,
                    description: None
                }
            );
        }
    }

    #[test]
    fn says_in_one_line_what_is_wrong() {
        for (text, said) in [
            ("", "no `[plans]`"),
            ("[plans]", "no `[plans]`"),
            ("[features.sso]", "no `[plans]`"),
            (
                "plans = ['a']",
                "`plans` must be a table: write `[plans.<name>]` for each plan",
            ),
            (
                "[plans.a]\n[[addons]]",
                "`addons` must be a table: write `[addons.<name>]` for each add-on",
            ),
            ("[plans.a]\n\nx = = 1", "not TOML: line 3: "),
            ("[plans.a]\n[plans.a]", "not TOML: line 2: "),
            ("{\"plans\": {}}", "not TOML: line 1: "),
        ] {
            let refusal = read(text).unwrap_err();
            assert!(refusal.starts_with(said), "{text}: {refusal}");
            assert!(!refusal.contains('\n'), "{text}: {refusal}");
        }
    }
}
