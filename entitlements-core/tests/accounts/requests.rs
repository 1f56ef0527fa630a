//! A1 and A2: whose request it is.

use entitlements_core::account::{
    ApiKeys, ExtensionAccount, HostAccount, PathAccount, account_by, dangerous_account_from_header,
};
use entitlements_core::testing::TestRequest;
use entitlements_core::{AccountId, FixedAccount, RequestHead, ResolveAccount};

/// The account, or `-` where none is told.
fn told(resolver: &impl ResolveAccount, request: &TestRequest) -> String {
    let account = resolver.resolve(request);
    account.map_or("-".into(), |account| account.to_string())
}

#[test]
fn a2_an_id_from_a_request_is_short_visible_ascii() {
    let longest = "a".repeat(128);
    let too_long = "a".repeat(129);
    for (text, is_id) in [
        ("acme", true),
        ("A_b-c.d:e/f@g", true),
        (&longest, true),
        (&too_long, false),
        ("", false),
        ("a b", false),
        ("a\tb", false),
        ("a\u{0}b", false),
        ("\u{e9}", false),
        ("anonymous", false),
        (".", false),
        ("..", false),
        ("...", true),
        ("local", true),
    ] {
        assert_eq!(AccountId::from_request(text).is_some(), is_id, "{text:?}");
    }
}

#[test]
fn a1_a_fixed_account_is_everybodys() {
    let resolver = FixedAccount(AccountId::LOCAL);
    assert_eq!(told(&resolver, &TestRequest::get("/")), "local");
}

#[test]
fn a1_the_applications_authentication_says_it() {
    #[derive(Clone)]
    struct Session {
        organisation: Option<AccountId>,
    }
    let of = |name: &str| TestRequest::get("/").extension(AccountId::new(name));
    assert_eq!(told(&ExtensionAccount::new(), &of("acme")), "acme");
    assert_eq!(told(&ExtensionAccount::new(), &TestRequest::get("/")), "-");
    let resolver = ExtensionAccount::of(|session: &Session| session.organisation.clone());
    let session = |organisation| TestRequest::get("/").extension(Session { organisation });
    assert_eq!(told(&resolver, &session(Some("acme".into()))), "acme");
    assert_eq!(told(&resolver, &session(None)), "-");
    assert_eq!(told(&resolver, &of("acme")), "-", "another type is not it");
}

#[test]
fn a1_a_header_is_believed_by_name_only_and_never_twice() {
    let resolver = dangerous_account_from_header("X-Account");
    let with = |value: &str| TestRequest::get("/").header("x-account", value);
    assert_eq!(told(&resolver, &with("acme")), "acme");
    assert_eq!(
        told(
            &resolver,
            &TestRequest::get("/").header("X-ACCOUNT", "acme")
        ),
        "acme"
    );
    for wrong in ["", " ", "a b", "acme ", "anonymous", "acme, other"] {
        assert_eq!(told(&resolver, &with(wrong)), "-", "{wrong:?}");
    }
    assert_eq!(
        told(&resolver, &with("acme").header("x-account", "other")),
        "-"
    );
    assert_eq!(
        told(&resolver, &with("acme").header("x-account", "acme")),
        "-"
    );
    assert_eq!(
        told(
            &resolver,
            &TestRequest::get("/").header("x-accounts", "acme")
        ),
        "-"
    );
}

#[test]
fn a1_a_host_is_one_label_under_the_domain_or_a_whole_name() {
    let resolver = HostAccount::under("App.Example").and("shop.acme.example", "acme");
    for (host, account) in [
        ("acme.app.example", "acme"),
        ("ACME.app.EXAMPLE", "acme"),
        ("acme.app.example:8443", "acme"),
        ("acme.app.example.", "acme"),
        ("acme.app.example.:8443", "acme"),
        ("shop.acme.example", "acme"),
        ("Shop.Acme.Example:80", "acme"),
        ("app.example", "-"),
        (".app.example", "-"),
        ("a.b.app.example", "-"),
        ("app.example.evil.example", "-"),
        ("acme.app.example.evil.example", "-"),
        ("acmeapp.example", "-"),
        ("acme.app.example:evil", "-"),
        ("acme.app.example:80:80", "-"),
        ("user@acme.app.example", "-"),
        ("a_b.app.example", "-"),
        ("anonymous.app.example", "-"),
        ("", "-"),
        ("[::1]:80", "-"),
        ("acme.app.example..", "-"),
    ] {
        let request = TestRequest::get("/").header("host", host);
        assert_eq!(told(&resolver, &request), account, "{host}");
    }
}

#[test]
fn a2_two_hosts_or_one_that_is_not_the_targets_tell_no_account() {
    let resolver = HostAccount::under("app.example");
    let target = TestRequest::get("/").authority("acme.app.example");
    assert_eq!(told(&resolver, &target), "acme");
    let same = target.clone().header("host", "ACME.app.example");
    assert_eq!(told(&resolver, &same), "acme");
    let other = target.header("host", "other.app.example");
    assert_eq!(told(&resolver, &other), "-");
    let twice = TestRequest::get("/")
        .header("host", "acme.app.example")
        .header("host", "other.app.example");
    assert_eq!(told(&resolver, &twice), "-");
    assert_eq!(told(&resolver, &TestRequest::get("/")), "-");
}

#[test]
fn a1_a_segment_of_the_path_has_one_spelling() {
    let resolver = PathAccount::segment(1);
    for (path, account) in [
        ("/orgs/acme", "acme"),
        ("/orgs/acme/users", "acme"),
        ("/orgs/acme/", "acme"),
        ("/orgs/", "-"),
        ("/orgs", "-"),
        ("/", "-"),
        ("", "-"),
        ("*", "-"),
        ("//acme", "acme"),
        ("/orgs//users", "-"),
        ("/orgs/ac%6De", "-"),
        ("/orgs/%2e%2e", "-"),
        ("/orgs/..", "-"),
        ("/orgs/anonymous", "-"),
    ] {
        assert_eq!(told(&resolver, &TestRequest::get(path)), account, "{path}");
    }
}

#[test]
fn a1_an_api_key_stands_for_its_account_until_it_is_removed() {
    let keys = ApiKeys::default();
    keys.insert("sk_live_1", "acme");
    keys.insert("sk_live_2", "other");
    let (bearer, header) = (keys.from_bearer(), keys.from_header("X-Api-Key"));
    let with = |value: &str| TestRequest::get("/").header("authorization", value);
    for (value, account) in [
        ("Bearer sk_live_1", "acme"),
        ("bearer sk_live_2", "other"),
        ("Bearer  sk_live_1", "acme"),
        ("Bearer sk_live_3", "-"),
        ("Bearer sk_live_1 ", "-"),
        ("Bearer", "-"),
        ("Bearer ", "-"),
        ("Basic sk_live_1", "-"),
        ("sk_live_1", "-"),
        ("", "-"),
    ] {
        assert_eq!(told(&bearer, &with(value)), account, "{value:?}");
    }
    let twice = with("Bearer sk_live_1").header("authorization", "Bearer sk_live_2");
    assert_eq!(told(&bearer, &twice), "-");
    let request = TestRequest::get("/").header("x-api-key", "sk_live_1");
    assert_eq!(told(&header, &request), "acme");
    assert!(keys.remove("sk_live_1"));
    assert!(!keys.remove("sk_live_1"));
    assert_eq!(told(&header, &request), "-");
    assert!(!format!("{keys:?} {bearer:?}").contains("sk_live"));
}

#[test]
fn a1_a_closure_tells_it_too() {
    let resolver = account_by(|head: &dyn RequestHead| AccountId::from_request(head.method()));
    assert_eq!(told(&resolver, &TestRequest::new("POST", "/")), "POST");
}
