use entitlements_admin::MAX_BODY_BYTES;
use http::Method;
use serde_json::{Value, json};

use crate::client::{ADMIN, Answer, Client};

async fn post(body: &str) -> Answer {
    Client::unlicensed()
        .admin(Method::POST, "/license", body)
        .await
}

#[tokio::test]
async fn what_is_not_strict_json_is_400() {
    let deep = format!(r#"{{"key":{}{}}}"#, "[".repeat(32), "]".repeat(32));
    for body in [
        "",
        " ",
        "{",
        r#"{"key":}"#,
        r#"{"key":"a","key":"a"}"#,
        r#"{"key":"a","\u006bey":"a"}"#,
        r#"{"key":"a"}}"#,
        "{\"key\":\"\0\"}",
        "\0",
        "{\"key\":\"a\"}\0",
        "\u{feff}{}",
        r#"{'key':'a'}"#,
        r#"{"key":"\ud800"}"#,
        "key=a",
        &deep,
    ] {
        let problem = post(body).await.assert_problem(400, "MALFORMED");
        assert!(problem.get("errors").is_none(), "{body:?}");
    }
}

#[tokio::test]
async fn bytes_that_are_not_utf_8_are_400() {
    let client = Client::unlicensed();
    for body in [
        &b"{\"key\":\"\xff\"}"[..],
        b"\xef\xbb\xbf{}",
        b"{\"key\":\"\xed\xa0\x80\"}",
    ] {
        let request = http::Request::post("/license").header("authorization", ADMIN);
        let request = request.body(bytes::Bytes::from_static(body)).unwrap();
        assert_eq!(client.api.handle(request).await.status(), 400);
    }
}

#[tokio::test]
async fn what_the_route_does_not_take_is_422_with_every_field() {
    for (body, fields) in [
        ("{}", &["key"][..]),
        (r#"{"key":5}"#, &["key"]),
        (r#"{"key":null}"#, &["key"]),
        (r#"{"key":["a"]}"#, &["key"]),
        (r#"{"key":"a","extra":1}"#, &["extra"]),
        (r#"{"KEY":"a","b":2,"c":{}}"#, &["key", "KEY", "b", "c"]),
        ("[]", &[""]),
        ("null", &[""]),
        (r#""key""#, &[""]),
        ("1", &[""]),
    ] {
        let problem = post(body).await.assert_problem(422, "INVALID");
        let errors = problem["errors"].as_array().unwrap();
        let named: Vec<_> = errors
            .iter()
            .map(|error| error["field"].as_str().unwrap())
            .collect();
        assert_eq!(named, fields, "{body}");
        for error in errors {
            assert_eq!(error.as_object().unwrap().len(), 2);
            assert!(
                error["message"]
                    .as_str()
                    .is_some_and(|message| !message.is_empty())
            );
        }
    }
}

#[tokio::test]
async fn an_extra_field_keeps_the_key_from_being_taken() {
    let client = Client::unlicensed();
    let body = json!({ "key": client.key("lic-1"), "x": 1 }).to_string();
    client
        .admin(Method::POST, "/license", &body)
        .await
        .assert_problem(422, "INVALID");
    assert_eq!(client.get("/license").await.json()["status"], "unlicensed");
}

#[tokio::test]
async fn a_nul_in_the_key_is_a_bad_key() {
    let problem = post(r#"{"key":"\u0000"}"#)
        .await
        .assert_problem(422, "INVALID_LICENSE");
    assert_eq!(problem["reason"], "malformed");
    assert!(problem.get("errors").is_none());
}

/// A body of that many bytes that is right but for its key.
fn of_length(bytes: usize) -> String {
    let frame = r#"{"key":""}"#.len();
    json!({ "key": "x".repeat(bytes - frame) }).to_string()
}

#[tokio::test]
async fn bodies_may_have_64_kib() {
    assert_eq!(MAX_BODY_BYTES, 65_536);
    let problem = post(&of_length(65_536))
        .await
        .assert_problem(422, "INVALID_LICENSE");
    assert_eq!(problem["reason"], "too_long");
    post(&of_length(65_537))
        .await
        .assert_problem(413, "BODY_TOO_LARGE");
}

#[tokio::test]
async fn a_content_length_over_the_limit_is_enough() {
    let client = Client::unlicensed();
    let with_length = async |length: &str| {
        let headers = [("authorization", ADMIN), ("content-length", length)];
        client.send(Method::POST, "/license", &headers, "{}").await
    };
    for length in [
        "65537",
        "18446744073709551616",
        "99999999999999999999999999",
    ] {
        with_length(length)
            .await
            .assert_problem(413, "BODY_TOO_LARGE");
    }
    for length in ["65536", "1", "0", "", "-1", "x", "+65537", "65537x"] {
        with_length(length).await.assert_problem(422, "INVALID");
    }
    let headers = [("authorization", ADMIN), ("content-length", "2")];
    let long = of_length(65_537);
    let answer = client.send(Method::POST, "/license", &headers, &long).await;
    answer.assert_problem(413, "BODY_TOO_LARGE");
}

#[tokio::test]
async fn routes_without_a_body_do_not_look_at_one() {
    let client = Client::unlicensed();
    let long = of_length(70_000);
    client
        .admin(Method::GET, "/license", &long)
        .await
        .assert_json();
    client
        .admin(Method::DELETE, "/license", "{")
        .await
        .assert_no_content();
}

#[tokio::test]
async fn a_long_name_does_not_come_back_whole() {
    let name = "n".repeat(60_000);
    let answer = post(&format!(r#"{{"key":"a","{name}":1}}"#)).await;
    let problem: Value = answer.assert_problem(422, "INVALID");
    assert!(problem["errors"][0]["field"].as_str().unwrap().len() < 100);
}
