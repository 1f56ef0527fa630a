use http::Request;

use super::*;

const TOKEN: &str = "0123456789abcdef";

fn access(guard: &BearerToken, values: &[&str]) -> Access {
    let mut request = Request::builder();
    for value in values {
        request = request.header("authorization", *value);
    }
    guard.access(&request.body(()).unwrap().into_parts().0)
}

#[test]
fn only_the_whole_token_passes() {
    let guard = BearerToken::new(TOKEN).unwrap();
    let granted = Access::granted("bearer");
    for value in [
        "Bearer 0123456789abcdef",
        "bearer 0123456789abcdef",
        "BEARER   0123456789abcdef",
    ] {
        assert_eq!(access(&guard, &[value]), granted, "{value}");
    }
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "0123456789abcdef",
        "Bearer0123456789abcdef",
        "Basic 0123456789abcdef",
        "Bearer 0123456789abcde",
        "Bearer 0123456789abcdef0",
        "Bearer 0123456789ABCDEF",
        "Bearer\u{e9}0123456789abcdef",
        "Bearer 0123456789abcdef, Bearer 0123456789abcdef",
        "Bearer\t0123456789abcdef",
        "Bearer token=0123456789abcdef",
    ] {
        assert_eq!(access(&guard, &[value]), Access::Unauthenticated, "{value}");
    }
    assert_eq!(access(&guard, &[]), Access::Unauthenticated);
}

#[test]
fn two_headers_are_none() {
    let guard = BearerToken::new(TOKEN).unwrap();
    let right = "Bearer 0123456789abcdef";
    for pair in [[right, right], [right, "Bearer x"], ["Basic eDp5", right]] {
        assert_eq!(access(&guard, &pair), Access::Unauthenticated, "{pair:?}");
    }
}

#[test]
fn each_of_several_tokens_passes_under_its_name() {
    let old = BearerToken::new(TOKEN).unwrap().named("old");
    let new = BearerToken::new("fedcba9876543210").unwrap().named("new");
    let both = old.or(new);
    assert_eq!(
        access(&both, &["Bearer 0123456789abcdef"]),
        Access::granted("old")
    );
    assert_eq!(
        access(&both, &["Bearer fedcba9876543210"]),
        Access::granted("new")
    );
    assert_eq!(
        access(&both, &["Bearer fedcba987654321"]),
        Access::Unauthenticated
    );
}

#[test]
fn empty_and_unsendable_tokens_are_refused() {
    let error = |token: &str| BearerToken::new(token).map(drop).unwrap_err();
    assert_eq!(error(""), BearerTokenError::Empty);
    for token in [
        "0123456789abcdef\n",
        "0123456789 abcdef",
        "0123456789abcdé",
        "0123456789abcdef\0",
    ] {
        assert_eq!(error(token), BearerTokenError::NotSendable, "{token:?}");
    }
    assert!(BearerToken::new(TOKEN).is_ok());
}

#[test]
fn debug_shows_neither_token_nor_hash() {
    let guard = BearerToken::new(TOKEN).unwrap().named("ops");
    assert_eq!(format!("{guard:?}"), r#"BearerToken ["ops"]"#);
}
