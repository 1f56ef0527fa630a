//! What every operation of a kind refuses.

use serde_json::Value;

use crate::world::{Who, World};

/// Names in paths stand for themselves: nothing has them as its id.
fn path(pattern: &str, operation: &Value) -> String {
    let path = pattern.replace(['{', '}'], "");
    let parameters = operation["parameters"].as_array();
    let plan = parameters.is_some_and(|all| all.iter().any(|one| one["name"] == "plan"));
    if plan { path + "?plan=community" } else { path }
}

/// Who passes an operation's guard, and who else there is to ask.
fn guards(operation: &Value) -> (Vec<&str>, Who) {
    let security = operation["security"].as_array().unwrap();
    let names: Vec<_> = security
        .iter()
        .map(|one| one.as_object().unwrap().keys().next().unwrap().as_str())
        .collect();
    let who = match names.first() {
        Some(&"admin") => Who::Admin,
        Some(&"owner" | &"account") => Who::Owner,
        _ => Who::Nobody,
    };
    (names, who)
}

pub(crate) async fn refuse_all(world: &mut World) {
    for (pattern, method, operation) in world.document.operations() {
        let path = path(&pattern, &operation);
        let (guards, who) = guards(&operation);
        let has = |guard: &str| guards.contains(&guard);
        if has("admin") || has("owner") {
            for (who, code) in [(Who::Nobody, "UNAUTHORIZED"), (Who::Other, "FORBIDDEN")] {
                let answer = world.ask(who, &method, &path, "").await;
                assert_eq!(answer.body["code"], code, "{method} {path}");
            }
        }
        if has("owner") || has("account") {
            let answer = world.ask(Who::Homeless, &method, &path, "").await;
            assert_eq!(answer.body["code"], "ACCOUNT_UNKNOWN", "{method} {path}");
        }
        let query = operation["parameters"].is_array();
        if query {
            let sign = if path.contains('?') { '&' } else { '?' };
            let answer = world
                .ask(who, &method, &format!("{path}{sign}x=1"), "")
                .await;
            assert_eq!(answer.body["errors"][0]["field"], "x", "{method} {path}");
        }
        if operation["requestBody"].is_object() {
            let large = " ".repeat(70_000);
            for (body, code) in [
                ("{", "MALFORMED"),
                (&*large, "BODY_TOO_LARGE"),
                (r#"{"x":1}"#, "INVALID"),
            ] {
                let answer = world.ask(who, &method, &path, body).await;
                assert_eq!(answer.body["code"], code, "{method} {path}");
            }
            let place = format!(
                "/paths/{}/{}",
                pattern.replace('/', "~1"),
                method.to_lowercase()
            );
            let schema = format!("{place}/requestBody/content/application~1json/schema");
            assert!(!world.document.fits(&schema, &serde_json::json!({ "x": 1 })));
        }
        if operation["responses"]["304"].is_object() {
            let answer = world.ask(who, &method, &path, "the same").await;
            assert_eq!(answer.status, 304, "{method} {path}");
        }
    }
}
