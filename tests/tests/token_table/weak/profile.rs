//! What the catalogs of the table say about license keys, in the words of a test that does not read them.

/// The `[license]` table, and what there is.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub(super) issuer: Option<&'static str>,
    pub(super) audience: Option<&'static str>,
    pub(super) required: &'static [&'static str],
    pub(super) grace_days: i128,
    pub(super) leeway: i64,
    pub(super) needs_plan: bool,
    pub(super) id: &'static str,
    pub(super) id_prefix: &'static str,
    pub(super) customer: &'static str,
    pub(super) plan: &'static str,
    pub(super) plan_values: &'static [(&'static str, &'static str)],
    /// Claims of limits of their own, where there is no `limits`.
    pub(super) flat_limits: &'static [&'static str],
    pub(super) rate: Option<&'static [&'static str]>,
    /// The name of the expiry, where it is RFC 3339.
    pub(super) rfc_3339: Option<&'static str>,
    pub(super) instance: &'static str,
    pub(super) unlimited: &'static [i128],
    /// `None` where there is no catalog.
    pub(super) plans: Option<&'static [&'static str]>,
    pub(super) addons: &'static [&'static str],
}

/// A catalog that says nothing of license keys.
const PLAIN: Profile = Profile {
    issuer: None,
    audience: None,
    required: &[],
    grace_days: 14,
    leeway: 60,
    needs_plan: true,
    id: "jti",
    id_prefix: "",
    customer: "sub",
    plan: "tier",
    plan_values: &[],
    flat_limits: &[],
    rate: None,
    rfc_3339: None,
    instance: "instance",
    unlimited: &[-1],
    plans: Some(&["community", "business"]),
    addons: &[],
};

/// By the name of the catalog's file.
pub(super) fn of(catalog: Option<&str>) -> Profile {
    match catalog {
        None => Profile {
            plans: None,
            ..PLAIN
        },
        Some("default.toml") => Profile {
            plans: Some(&["community", "business", "enterprise"]),
            addons: &["support", "regulated"],
            ..PLAIN
        },
        Some("no_leeway.toml") => Profile { leeway: 0, ..PLAIN },
        Some("leeway_day.toml") => Profile {
            leeway: 86_400,
            ..PLAIN
        },
        Some("demanding.toml") => Profile {
            issuer: Some("acme.example"),
            audience: Some("acme-panel"),
            required: &["iat", "customer"],
            ..PLAIN
        },
        Some("own_words.toml") => Profile {
            unlimited: &[-2, 999_999],
            ..PLAIN
        },
        Some("own_words_rate.toml") => Profile {
            rate: Some(&["quota", "api", "minute"]),
            ..PLAIN
        },
        Some("listed.toml") => Profile {
            needs_plan: false,
            addons: &["support"],
            ..PLAIN
        },
        Some("job_server.toml") => Profile {
            grace_days: 7,
            customer: "customer",
            flat_limits: &["max_nodes"],
            rfc_3339: Some("expires"),
            plans: Some(&["open_source", "enterprise"]),
            ..PLAIN
        },
        Some("dev_analytics.toml") => Profile {
            issuer: Some("fullchaos.studio"),
            required: &["iat", "sub"],
            rate: Some(&["limits", "api_rate"]),
            plans: Some(&["community", "team", "enterprise"]),
            ..PLAIN
        },
        Some("container_panel.toml") => Profile {
            required: &["iat"],
            grace_days: 0,
            id: "lid",
            id_prefix: "USN-",
            customer: "eml",
            plan: "edition",
            plan_values: &[("biz", "business"), ("ee", "enterprise")],
            flat_limits: &["nod", "usr"],
            instance: "fingerprint",
            plans: Some(&["community", "business", "enterprise"]),
            ..PLAIN
        },
        Some(other) => panic!("say here what {other} says"),
    }
}
