use http::Method;
use serde_json::json;

use crate::client::Client;
use crate::log::Log;

#[tokio::test]
async fn changes_of_accounts_are_logged_with_who_made_them_and_no_key_is() {
    let (log, _listening) = Log::listen();
    let client = Client::unlicensed();
    let key = client.key("lic-1");
    let mut said = Vec::new();
    for (method, path, body, status) in [
        (
            Method::POST,
            "/accounts".to_owned(),
            json!({ "id": "acme", "plan": "business" }),
            201,
        ),
        (
            Method::PATCH,
            "/accounts/acme".into(),
            json!({ "quantity": 4 }),
            200,
        ),
        (
            Method::POST,
            "/accounts/acme/overrides".into(),
            json!({ "feature": "sso", "enabled": true }),
            201,
        ),
        (Method::POST, "/accounts".into(), json!({ "id": &key }), 422),
        (
            Method::POST,
            "/accounts".into(),
            json!({ "plan": &key, "license_id": &key, "addons": [&key] }),
            422,
        ),
        (
            Method::PATCH,
            "/accounts/acme".into(),
            json!({ &key: &key, "status": &key }),
            422,
        ),
        (
            Method::POST,
            "/accounts/acme/overrides".into(),
            json!({ "limit": &key, "value": &key }),
            422,
        ),
        (
            Method::PUT,
            format!("/accounts/acme/addons/{key}"),
            json!(null),
            422,
        ),
        (
            Method::DELETE,
            format!("/accounts/acme/addons/{key}"),
            json!(null),
            204,
        ),
        (
            Method::DELETE,
            format!("/accounts/acme/overrides/{key}"),
            json!(null),
            404,
        ),
        (Method::GET, format!("/accounts/{key}"), json!(null), 404),
        (
            Method::GET,
            format!("/accounts/acme/downgrade-preview?plan={key}"),
            json!(null),
            422,
        ),
        (
            Method::GET,
            format!("/accounts?{key}={key}&limit={key}"),
            json!(null),
            422,
        ),
    ] {
        let answer = client.admin(method, &path, &body.to_string()).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
        said.push(answer.text);
    }
    let text = log.text();
    for line in [
        "account.created",
        "account.changed",
        "override.added",
        "by=\"admin\"",
        "account=\"acme\"",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    said.push(text);
    // Any part of it would do for a thief who has the rest.
    let secrets: Vec<_> = key.split('.').skip(1).map(|part| &part[..20]).collect();
    for text in said {
        assert!(
            secrets.iter().all(|secret| !text.contains(secret)),
            "{text}"
        );
    }
}
