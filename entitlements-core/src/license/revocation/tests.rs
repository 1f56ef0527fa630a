use super::{RevocationList, Revocations};
use crate::Timestamp;
use crate::license::tests::sign;
use crate::license::{LicenseErrorKind, LicenseVerifier, RevocationDraft, SigningKey};
use crate::testing::{self, NOW, TestVendor};

fn list(kid: &str, seconds: i64, licenses: &[&str], keys: &[&str]) -> RevocationList {
    let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    RevocationList {
        licenses: owned(licenses),
        keys: owned(keys),
        issued_at: Timestamp::from_unix_seconds(seconds),
        kid: kid.into(),
    }
}

const HEADER: &str = r#"{"alg":"EdDSA","typ":"entitlements-revocations+jwt"}"#;

#[test]
fn l14_a_list_is_refused_for_each_reason_by_its_kind() {
    use LicenseErrorKind::*;

    let key = SigningKey::generate().unwrap();
    let verifier = LicenseVerifier::new([key.trusted_key().clone()]).unwrap();
    let kind = |token: &str| {
        verifier
            .verify_revocations(token, NOW)
            .err()
            .map(|e| e.kind())
    };
    let now = NOW.unix_seconds();
    for (header, payload, expected) in [
        (HEADER, format!(r#"{{"iat":{now}}}"#), None),
        (
            HEADER,
            format!(r#"{{"iat":{now},"revoked":["a"],"revoked_keys":["k"],"more":1}}"#),
            None,
        ),
        (HEADER, format!(r#"{{"iat":{}}}"#, now + 60), None),
        (
            HEADER,
            format!(r#"{{"iat":{}}}"#, now + 61),
            Some(IssuedInFuture),
        ),
        (HEADER, "{}".into(), Some(MissingClaim)),
        (HEADER, r#"{"iat":"now"}"#.into(), Some(MistypedClaim)),
        (HEADER, r#"{"iat":-1}"#.into(), Some(Time)),
        (
            HEADER,
            r#"{"iat":1,"revoked":null}"#.into(),
            Some(MistypedClaim),
        ),
        (
            HEADER,
            r#"{"iat":1,"revoked":"a"}"#.into(),
            Some(MistypedClaim),
        ),
        (
            HEADER,
            r#"{"iat":1,"revoked":[1]}"#.into(),
            Some(MistypedClaim),
        ),
        (HEADER, r#"{"iat":1,"revoked":["a b"]}"#.into(), Some(Id)),
        (HEADER, r#"{"iat":1,"revoked":[""]}"#.into(), Some(Id)),
        (
            HEADER,
            r#"{"iat":1,"revoked_keys":[""]}"#.into(),
            Some(KeyId),
        ),
        (
            HEADER,
            r#"{"iat":1,"revoked_keys":{}}"#.into(),
            Some(MistypedClaim),
        ),
        (HEADER, r#"{"iat":1,"iat":2}"#.into(), Some(DuplicateMember)),
        (HEADER, "[]".into(), Some(NotAnObject)),
        (r#"{"alg":"EdDSA"}"#, r#"{"iat":1}"#.into(), Some(TokenType)),
        (
            r#"{"alg":"EdDSA","typ":"JWT"}"#,
            r#"{"iat":1}"#.into(),
            Some(TokenType),
        ),
        (
            r#"{"alg":"RS512","typ":"entitlements-revocations+jwt"}"#,
            r#"{"iat":1}"#.into(),
            Some(Algorithm),
        ),
        (
            r#"{"alg":"EdDSA","typ":"entitlements-revocations+jwt","crit":[]}"#,
            r#"{"iat":1}"#.into(),
            Some(HeaderParameter),
        ),
        (
            r#"{"alg":"EdDSA","typ":"entitlements-revocations+jwt","kid":"other"}"#,
            r#"{"iat":1}"#.into(),
            Some(UnknownKey),
        ),
    ] {
        assert_eq!(
            kind(&sign(&key, header, &payload)),
            expected,
            "{header} {payload}"
        );
    }
    let stranger = SigningKey::generate().unwrap();
    assert_eq!(
        kind(&sign(&stranger, HEADER, r#"{"iat":1}"#)),
        Some(Signature)
    );
    assert_eq!(kind(""), Some(Malformed));
    assert_eq!(
        kind(&"a".repeat(super::MAX_REVOCATIONS_BYTES + 1)),
        Some(TooLong)
    );
    let refused = verifier.verify_revocations("", NOW).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the revocation list is not of the form header.payload.signature"
    );
}

#[test]
fn l14_a_license_is_no_list_and_a_list_no_license() {
    let vendor = TestVendor::new();
    let catalog = testing::catalog();
    let verifier = LicenseVerifier::new([vendor.trusted_key()]).unwrap();
    let license = vendor.key(&catalog, |draft| draft.plan("business"));
    let refused = verifier.verify_revocations(&license, NOW).unwrap_err();
    assert_eq!(refused.kind(), LicenseErrorKind::TokenType);
    let key = SigningKey::generate().unwrap();
    let verifier = LicenseVerifier::new([key.trusted_key().clone()]).unwrap();
    let list = sign(
        &key,
        HEADER,
        r#"{"iat":1,"exp":4102444800,"tier":"enterprise"}"#,
    );
    let refused = verifier.verify(&list, NOW).unwrap_err();
    assert_eq!(refused.kind(), LicenseErrorKind::TokenType);
}

#[test]
fn l15_a_list_outside_the_window_of_its_key_is_refused() {
    let key = SigningKey::generate().unwrap();
    let retired = key.trusted_key().clone().valid_until(NOW);
    let verifier = LicenseVerifier::new([retired]).unwrap();
    let list = RevocationDraft::new().license("a").sign(&key, NOW).unwrap();
    let refused = verifier.verify_revocations(&list, NOW).unwrap_err();
    assert_eq!(refused.kind(), LicenseErrorKind::KeyWindow);
}

#[test]
fn l16_the_newest_of_each_key_counts_and_their_union_applies() {
    let mut lists = Revocations::new();
    assert!(lists.add(list("a", 10, &["1", "2"], &[])));
    assert!(lists.add(list("b", 5, &["3"], &["k"])));
    assert!(!lists.add(list("a", 9, &["4"], &[])), "older");
    assert!(!lists.add(list("a", 10, &["1", "2"], &[])), "the same");
    assert!(lists.add(list("a", 11, &["2"], &[])), "newer, with less");
    assert!(lists.add(list("a", 11, &["5"], &[])), "of the same second");
    let applied: Vec<_> = lists
        .lists()
        .map(|list| list.licenses().join(","))
        .collect();
    assert_eq!(applied, ["2,5", "3"]);
}

#[test]
fn l16_the_order_in_which_lists_come_does_not_matter() {
    let all = [
        list("a", 10, &["1"], &[]),
        list("a", 11, &["2"], &[]),
        list("a", 11, &["3"], &["x"]),
        list("b", 1, &["4"], &[]),
    ];
    let mut orders = std::collections::BTreeSet::new();
    for first in 0..4 {
        for second in 0..4 {
            let mut lists = Revocations::new();
            let order = [first, second, 0, 1, 2, 3, 3, 2, 1, 0];
            for at in order {
                lists.add(all[at].clone());
            }
            orders.insert(format!("{lists:?}"));
        }
    }
    assert_eq!(orders.len(), 1);
}

#[test]
fn l17_a_key_is_revoked_by_the_name_of_the_key_that_verified() {
    let vendor = TestVendor::new();
    let license = vendor.license(&testing::catalog(), |draft| {
        draft.plan("business").id("L-1")
    });
    let revoked = |licenses: &[&str], keys: &[&str]| {
        let mut lists = Revocations::new();
        lists.add(list("k", 1, licenses, keys));
        lists.revokes(&license)
    };
    assert!(revoked(&["A", "L-1"], &[]));
    assert!(!revoked(&["L-10", "l-1", "L-"], &[]));
    assert!(revoked(&[], &["other", vendor.trusted_key().kid()]));
    assert!(!revoked(&[], &["other"]));
}

#[test]
fn a_list_that_follows_another_takes_its_place() {
    let key = SigningKey::generate().unwrap();
    let verifier = LicenseVerifier::new([key.trusted_key().clone()]).unwrap();
    let sign = |draft: RevocationDraft| {
        let token = draft.sign(&key, NOW).unwrap();
        verifier.verify_revocations(&token, NOW).unwrap()
    };
    let first = sign(
        RevocationDraft::new()
            .license("b")
            .license("a")
            .license("b"),
    );
    assert_eq!(first.licenses(), ["a", "b"]);
    let second = sign(RevocationDraft::following(&first).license("c").key("old"));
    assert_eq!(second.licenses(), ["a", "b", "c"]);
    assert_eq!(second.keys(), ["old"]);
    assert_eq!(second.kid(), key.kid());
    assert_eq!(second.issued_at(), first.issued_at());
    for order in [[&first, &second], [&second, &first]] {
        let mut lists = Revocations::new();
        for list in order {
            lists.add(list.clone());
        }
        let applied: Vec<_> = lists.lists().map(RevocationList::licenses).collect();
        assert_eq!(applied, [["a", "b", "c"]]);
    }
    let bad = RevocationDraft::new()
        .license("no such id")
        .sign(&key, NOW)
        .unwrap_err();
    assert!(
        bad.to_string()
            .starts_with("such a revocation list would be refused")
    );
}
