//! Claims under a good signature: everything that is read once a key is believed to be the vendor's.

use std::sync::{Arc, LazyLock};

use entitlements_core::license::{
    License, LicenseErrorKind, LicenseStatus, LicenseVerifier, RevocationDraft, Revocations,
    SigningKey,
};
use entitlements_core::resolve::resolve;
use entitlements_core::testing::{self, NOW};
use entitlements_core::{Catalog, Timestamp};

use crate::held::{holding, times_of};
use crate::vendor;

/// A vendor whose keys look different in every way that a catalog can say.
const OTHER_SHAPE: &str = r#"
    schema = 1
    [product]
    name = "Acme"
    default_plan = "community"
    plan_order = ["community", "business"]
    [features.sso]
    [limits.users]
    [limits.nodes]
    [rates.api]
    [plans.community]
    limits = { users = 3, nodes = 1 }
    rates = { api = { requests = 60, per = "1m" } }
    [plans.business]
    features = ["sso"]
    limits = { users = { licensed = true, default = 15 }, nodes = { licensed = true, plus = 1 } }
    [addons.more]
    requires = ["business"]
    limits = { users = { add = 10 } }
    [license]
    issuer = "acme.example"
    audience = "acme-panel"
    required = ["iat"]
    grants = "listed"
    [license.claims]
    id = "lid"
    id_prefix = "USN-"
    customer = { claim = "eml", hash = "sha256" }
    plan = "edition"
    plan_values = { biz = "business" }
    features = "flags"
    limits = { nodes = "nod", users = "usr" }
    rates = { api = "limits.api_rate" }
    expires = { claim = "expires", format = "rfc3339" }
    unlimited = [-1, 0]
"#;

/// The header of a revocation list.
const REVOCATIONS: &[u8] = br#"{"alg":"EdDSA","typ":"entitlements-revocations+jwt"}"#;

static KEY: LazyLock<SigningKey> = LazyLock::new(vendor::signing_key);

static READERS: LazyLock<Vec<(Arc<Catalog>, LicenseVerifier)>> = LazyLock::new(|| {
    let catalogs = [testing::catalog(), Arc::new(other_shape())];
    catalogs
        .map(|catalog| {
            let keys = [KEY.trusted_key().clone()];
            let verifier = LicenseVerifier::new(keys).expect("one key has one kid");
            (catalog.clone(), verifier.with_catalog(catalog))
        })
        .into()
});

fn other_shape() -> Catalog {
    Catalog::from_toml(OTHER_SHAPE).expect("the target's own catalog has no mistakes")
}

/// Signed claims are refused, or are strict JSON that makes sense: a license can be judged at any time, a revocation list
/// can be followed by a longer one.
///
/// # Panics
/// When they break that.
pub fn claims(data: &[u8]) {
    license(data);
    revocation_list(data);
}

fn license(data: &[u8]) {
    let token = vendor::sign(&KEY, br#"{"alg":"EdDSA"}"#, data);
    for (catalog, verifier) in READERS.iter() {
        let fresh = verifier.verify(&token, NOW);
        let held = verifier.verify_held(&token);
        match (&fresh, &held) {
            (Ok(fresh), _) => assert_eq!(Ok(fresh), held.as_ref()),
            (Err(refused), Ok(_)) => {
                assert_eq!(refused.kind(), LicenseErrorKind::IssuedInFuture);
            }
            (Err(refused), Err(_)) => assert_ne!(refused.kind(), LicenseErrorKind::Signature),
        }
        if let Ok(license) = held {
            assert_is_object(data);
            makes_sense(&license);
            can_be_judged(catalog, &license);
        }
    }
}

fn revocation_list(data: &[u8]) {
    let token = vendor::sign(&KEY, REVOCATIONS, data);
    for (_, verifier) in READERS.iter() {
        let Ok(list) = verifier.verify_revocations(&token, NOW) else {
            continue;
        };
        assert_is_object(data);
        for names in [list.licenses(), list.keys()] {
            assert!(names.is_sorted_by(|a, b| a < b), "not each once: {names:?}");
            assert!(names.iter().all(|name| !name.is_empty()));
        }
        let mut applied = Revocations::new();
        assert!(applied.add(list.clone()));
        assert!(!applied.add(list.clone()), "one list counts twice");
        // One that is up to a minute ahead of the clock cannot always be followed yet.
        if list.issued_at() < NOW {
            let next = RevocationDraft::following(&list).license("one-more");
            let next = next.sign(&*KEY, NOW).expect("a list can be added to");
            let next = verifier.verify_revocations(&next, NOW);
            let next = next.expect("what is signed verifies");
            assert!(next.licenses().len() >= list.licenses().len());
            assert!(applied.add(next), "the list that follows does not count");
        }
    }
}

fn assert_is_object(data: &[u8]) {
    let json = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(data);
    assert!(json.is_ok(), "only our reader takes this for an object");
}

fn makes_sense(license: &License) {
    let id = license.id();
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    assert!((1..=128).contains(&id.len()) && id.bytes().all(is_fine));
    assert!(license.grace_days() <= 3650);
    assert!(license.expires_at() <= license.grace_ends_at());
    for earlier in [license.issued_at(), license.not_before()] {
        assert!(earlier.is_none_or(|time| time <= license.expires_at()));
    }
    let features = license.features().iter().map(|(name, _)| name);
    let limits = license.limits().iter().map(|(name, _)| name);
    for name in features
        .chain(limits)
        .chain(license.addons())
        .map(String::as_str)
        .chain(license.plan())
    {
        assert!(!name.is_empty() && !name.contains(char::is_control));
    }
}

fn can_be_judged(catalog: &Arc<Catalog>, license: &License) {
    let holdings = holding(license.clone());
    for now in times_of(license) {
        let set = resolve(catalog, catalog.default_plan(), &holdings, now);
        let status = license.status(now, &holdings.deployment, &holdings.revocations);
        assert_eq!(set.status(), status);
        assert!(set.holds_at(now));
    }
    let end = license.grace_ends_at();
    if end < Timestamp::MAX && license.not_before().is_none() && license.issued_at().is_none() {
        assert_eq!(license.status_at(end), LicenseStatus::Expired);
    }
}
