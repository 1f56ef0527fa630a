//! What a denial is to gRPC, worked out from what the scenario says of it to HTTP, by `spec/denials.md`.

use serde_json::Value;

use super::model::ExpectedDenial;
use super::rates;

/// The headers of the answer, in the order of names. Its status is 200, and it has no body.
pub(super) fn headers(denial: &ExpectedDenial) -> Vec<(String, String)> {
    let body: Value = serde_json::from_str(denial.body.get()).expect("the body is JSON");
    let text = |member: &str| {
        let text = body[member].as_str();
        text.unwrap_or_else(|| panic!("the body has no `{member}`"))
    };
    let code = match (text("code"), denial.status) {
        ("LIMIT_EXCEEDED", _) | (_, 429) => "8",
        (_, 402 | 403) => "7",
        (_, 401) => "16",
        (_, 503) => "14",
        (_, 500) => "13",
        (code, status) => panic!("no code for {status} {code}"),
    };
    let mut headers: Vec<_> = [
        ("content-type", "application/grpc".to_owned()),
        ("entitlements-code", text("code").to_owned()),
        ("grpc-message", percent_encoded(text("detail"))),
        ("grpc-status", code.to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    if denial.status == 429 {
        let seconds = &body["retry_after_seconds"];
        let millis = seconds.as_u64().expect("a 429 says when to try again") * 1000;
        headers.push(("grpc-retry-pushback-ms".to_owned(), millis.to_string()));
        headers.push(("retry-after".to_owned(), seconds.to_string()));
        let to_http = denial.headers.clone().into_iter().collect::<Vec<_>>();
        let rates = rates::said(&to_http).into_iter();
        headers.extend(rates.filter(|(name, _)| name != "retry-after"));
        headers.sort();
    }
    headers
}

/// What is no visible ASCII or space, and the percent sign, as `%` and two digits.
fn percent_encoded(text: &str) -> String {
    let each = text.bytes().map(|byte| match byte {
        b'%' | 0..0x20 | 0x7f.. => format!("%{byte:02X}"),
        plain => char::from(plain).to_string(),
    });
    each.collect()
}

#[test]
fn only_what_is_not_plain_is_encoded() {
    assert_eq!(
        percent_encoded("a `b` 100% é~\n"),
        "a `b` 100%25 %C3%A9~%0A"
    );
}
