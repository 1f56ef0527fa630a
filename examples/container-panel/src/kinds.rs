//! The kinds of things that the panel manages, and what adding one asks for.

use entitlements_actix::{FeatureName, LimitName, Require, Requirement};

use crate::names::{features, limits};

/// A list that can be read by all, and added to where features and limits allow.
#[derive(Debug)]
pub(crate) struct Kind {
    /// As in its path, and in the limits table.
    pub(crate) name: &'static str,
    pub(crate) limit: Option<LimitName>,
    feature: Option<FeatureName>,
}

/// Every row of the limits table, and two kinds without a row. Where a feature stands beside a limit, an edition without it has none,
/// whatever the number says; the number then holds for keys that list the feature on top of their edition.
pub(crate) static KINDS: [Kind; 13] = [
    limited("nodes", limits::NODES),
    limited("users", limits::USERS),
    limited("teams", limits::TEAMS),
    gated("custom_roles", limits::CUSTOM_ROLES, features::CUSTOM_ROLES),
    gated("ldap_servers", limits::LDAP_SERVERS, features::LDAP),
    gated("oauth_providers", limits::OAUTH_PROVIDERS, features::OAUTH),
    gated("api_keys", limits::API_KEYS, features::API_KEYS),
    limited("git_connections", limits::GIT_CONNECTIONS),
    limited("s3_connections", limits::S3_CONNECTIONS),
    limited("backup_destinations", limits::BACKUP_DESTINATIONS),
    limited("notification_channels", limits::NOTIFICATION_CHANNELS),
    Kind::of("stacks", None, None),
    Kind::of("registries", None, None),
];

const fn limited(name: &'static str, limit: LimitName) -> Kind {
    Kind::of(name, Some(limit), None)
}

const fn gated(name: &'static str, limit: LimitName, feature: FeatureName) -> Kind {
    Kind::of(name, Some(limit), Some(feature))
}

impl Kind {
    const fn of(
        name: &'static str,
        limit: Option<LimitName>,
        feature: Option<FeatureName>,
    ) -> Self {
        Self {
            name,
            limit,
            feature,
        }
    }

    /// What stands in front of adding one.
    pub(crate) fn gate(&self) -> Require {
        let mut demanded = Requirement::default();
        if let Some(feature) = &self.feature {
            demanded = demanded.and_feature(feature.clone());
        }
        if let Some(limit) = &self.limit {
            demanded = demanded.and_limit(limit.clone());
        }
        Require::new(demanded)
    }
}
