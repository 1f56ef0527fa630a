//! What `issue` writes `verify` accepts, and reads back equal.

use entitlements_core::license::{LicenseDraft, LicenseIssuer};
use entitlements_core::testing::NOW;
use entitlements_core::{Limit, Timestamp};
use proptest::collection::btree_map;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use crate::shapes::{catalogs, vendors, verifier};

#[derive(Debug, Clone)]
struct Wanted {
    customer: String,
    plan: &'static str,
    features: Vec<(String, bool)>,
    limits: Vec<(String, Limit)>,
    addons: Vec<&'static str>,
    begins: Option<i64>,
    issued: i64,
    lasts: i64,
    grace_days: Option<u32>,
    deployments: Vec<String>,
    instance: Option<String>,
    trial: bool,
    id: Option<String>,
}

/// Text that people write, in any script, without what is invisible.
fn words() -> impl Strategy<Value = String> {
    "[\\p{L}\\p{N}\"\\\\/<>&'.,;:=_-]{1,12}( [\\p{L}\\p{N}]{1,8})?"
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let limit = prop_oneof![
        3 => (0..u64::MAX).prop_map(Limit::AtMost),
        1 => Just(Limit::AtMost(u64::MAX)),
        1 => Just(Limit::Unlimited),
    ];
    let limits = btree_map(select(vec!["users", "nodes"]), limit, 0..=2);
    let features = btree_map(select(vec!["sso", "audit"]), any::<bool>(), 0..=2);
    let times = (
        option::of(0..1000_i64),
        -1000..1000_i64,
        0..1_000_000_000_i64,
    );
    (
        words(),
        select(vec!["free", "pro", "max"]),
        (features, limits, subsequence(vec!["more"], 0..=1)),
        times,
        option::of(0..=3650_u32),
        proptest::collection::vec(words(), 0..3),
        (option::of("[0-9a-f]{64}"), any::<bool>()),
        option::of("[A-Za-z0-9._:-]{1,90}"),
    )
        .prop_map(
            |(
                customer,
                plan,
                (features, limits, addons),
                times,
                grace_days,
                deployments,
                (instance, trial),
                id,
            )| {
                let (begins, issued, lasts) = times;
                Wanted {
                    customer,
                    plan,
                    features: features
                        .into_iter()
                        .map(|(name, on)| (name.to_owned(), on))
                        .collect(),
                    limits: limits
                        .into_iter()
                        .map(|(name, limit)| (name.to_owned(), limit))
                        .collect(),
                    addons,
                    begins,
                    issued,
                    lasts,
                    grace_days,
                    deployments,
                    instance,
                    trial,
                    id,
                }
            },
        )
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(NOW.unix_seconds() + seconds)
}

impl Wanted {
    fn expires_at(&self) -> Timestamp {
        at(self.issued.max(self.begins.unwrap_or(self.issued)) + self.lasts)
    }

    fn draft(&self, prefix: &str) -> LicenseDraft {
        let mut draft = LicenseDraft::new(&self.customer)
            .plan(self.plan)
            .issued_at(at(self.issued))
            .expires_at(self.expires_at());
        for (name, on) in &self.features {
            draft = if *on {
                draft.feature(name)
            } else {
                draft.without_feature(name)
            };
        }
        for (name, limit) in &self.limits {
            draft = draft.limit(name, *limit);
        }
        draft = self
            .addons
            .iter()
            .fold(draft, |draft, name| draft.addon(*name));
        draft = self
            .deployments
            .iter()
            .fold(draft, |draft, id| draft.deployment(id));
        if let Some(begins) = self.begins {
            draft = draft.not_before(at(begins));
        }
        if let Some(days) = self.grace_days {
            draft = draft.grace_days(days);
        }
        if let Some(instance) = &self.instance {
            draft = draft.instance(instance);
        }
        if let Some(id) = &self.id {
            draft = draft.id(format!("{prefix}{id}"));
        }
        if self.trial { draft.trial() } else { draft }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_issued_is_what_is_read(wanted in wanted(), shape: Index, rsa in 0..8_u8) {
        let catalogs = catalogs();
        let catalog = shape.get(catalogs);
        // Signing with RSA takes a while in a build for tests, so one in eight.
        let vendor = &vendors()[usize::from(rsa == 0)];
        let prefix = if shape.index(catalogs.len()) == 1 { "SHP-" } else { "" };
        let issuer = LicenseIssuer::new(vendor).with_catalog(catalog.clone());
        let key = issuer.issue(&wanted.draft(prefix), NOW).unwrap();
        let license = verifier(vendor, catalog).verify_held(&key).unwrap();

        let hashed = prefix == "SHP-";
        if hashed {
            prop_assert_eq!(license.customer().len(), 64);
        } else {
            prop_assert_eq!(license.customer(), &wanted.customer);
        }
        prop_assert_eq!(license.plan(), Some(wanted.plan));
        let mut features = license.features().to_vec();
        features.sort();
        prop_assert_eq!(&features, &wanted.features);
        let mut limits = license.limits().to_vec();
        limits.sort_by(|a, b| a.0.cmp(&b.0));
        let mut expected = wanted.limits.clone();
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        prop_assert_eq!(limits, expected);
        prop_assert_eq!(license.addons(), &wanted.addons);
        prop_assert_eq!(license.issued_at(), Some(at(wanted.issued)));
        prop_assert_eq!(license.not_before(), wanted.begins.map(at));
        prop_assert_eq!(license.expires_at(), wanted.expires_at());
        prop_assert_eq!(license.grace_days(), wanted.grace_days.unwrap_or(catalog.license().grace_days()));
        prop_assert_eq!(license.deployments(), &wanted.deployments);
        prop_assert_eq!(license.instance(), wanted.instance.as_deref());
        prop_assert_eq!(license.is_trial(), wanted.trial);
        prop_assert_eq!(license.kid(), vendor.kid());
        match &wanted.id {
            Some(id) => prop_assert_eq!(license.id(), format!("{prefix}{id}")),
            None => prop_assert!(license.id().starts_with(prefix)),
        }
    }
}
