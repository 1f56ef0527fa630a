//! One thing after another, until every operation has succeeded and refused.

use serde_json::{Value, json};

use crate::world::{Who, World};

pub(crate) async fn tell(world: &mut World) {
    licenses(world).await;
    accounts(world).await;
    reading(world).await;
}

impl World {
    /// As an admin.
    async fn expect(&mut self, method: &str, path: &str, body: Value, status: u16) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let answer = self.ask(Who::Admin, method, path, &body).await;
        assert_eq!(answer.status, status, "{method} {path}: {:#}", answer.body);
        answer.body
    }
}

async fn licenses(world: &mut World) {
    let none = Value::Null;
    let key = world
        .engine
        .key(|draft| draft.plan("business").id("lic-1").grace_days(14));
    world.expect("GET", "/license", none.clone(), 200).await;
    world
        .expect("GET", "/license/status", none.clone(), 200)
        .await;
    world
        .expect("POST", "/license", json!({ "key": key }), 200)
        .await;
    world
        .expect("POST", "/license", json!({ "key": "x" }), 422)
        .await;
    world.expect("GET", "/license", none.clone(), 200).await;
    let list = world.list.clone();
    let path = "/license/revocations";
    world
        .expect("POST", path, json!({ "list": list }), 200)
        .await;
    world
        .expect("POST", path, json!({ "list": "x" }), 422)
        .await;
    // In grace there is a warning, and later an error.
    for days in [370, 30] {
        world.engine.clock().advance_days(days);
        world
            .expect("POST", "/license/revalidate", none.clone(), 200)
            .await;
        world
            .expect("GET", "/license/status", none.clone(), 200)
            .await;
    }
    world
        .expect("DELETE", "/license/lic-1", none.clone(), 204)
        .await;
    world
        .expect("DELETE", "/license/lic-1", none.clone(), 404)
        .await;
    world.expect("DELETE", "/license", none, 204).await;
}

async fn accounts(world: &mut World) {
    let none = Value::Null;
    world.expect("POST", "/accounts", json!({}), 201).await;
    let full = json!({
        "id": "acme", "name": "Acme", "plan": "business", "status": "trialing", "ends_at": "2030-01-01T00:00:00Z",
        "quantity": 4, "addons": ["more"], "license_id": "lic-7",
    });
    world.expect("POST", "/accounts", full.clone(), 201).await;
    world.expect("POST", "/accounts", full, 409).await;
    world
        .expect("GET", "/accounts?limit=1", none.clone(), 200)
        .await;
    world
        .expect("GET", "/accounts?query=acme", none.clone(), 200)
        .await;
    let path = "/accounts/acme";
    world.expect("GET", path, none.clone(), 200).await;
    for status in ["past_due", "cancelled", "active"] {
        world
            .expect(
                "PATCH",
                path,
                json!({ "status": status, "name": null }),
                200,
            )
            .await;
    }
    let overrides = "/accounts/acme/overrides";
    for body in [
        json!({ "feature": "sso", "enabled": false, "reason": "asked for", "ends_at": "2030-01-01T00:00:00Z" }),
        json!({ "limit": "users", "value": null }),
        json!({ "rate": "api", "requests": 5, "per": "1m" }),
        json!({ "rate": "api", "requests": null }),
    ] {
        world.expect("POST", overrides, body, 201).await;
    }
    let all = world.expect("GET", overrides, none.clone(), 200).await;
    let made = all["overrides"][0]["id"].as_str().unwrap();
    world
        .expect("DELETE", &format!("{overrides}/{made}"), none.clone(), 204)
        .await;
    world
        .expect("DELETE", &format!("{overrides}/{made}"), none.clone(), 404)
        .await;
    let addon = "/accounts/acme/addons/more";
    for (method, path, status) in [
        ("DELETE", addon, 204),
        ("PUT", addon, 204),
        ("PUT", "/accounts/acme/addons/nonsense", 422),
    ] {
        world.expect(method, path, none.clone(), status).await;
    }
    for (method, path, body) in [
        ("GET", "/accounts/nobody", none.clone()),
        ("PATCH", "/accounts/nobody", json!({})),
        ("GET", "/accounts/nobody/overrides", none.clone()),
        (
            "POST",
            "/accounts/nobody/overrides",
            json!({ "feature": "sso", "enabled": true }),
        ),
        ("PUT", "/accounts/nobody/addons/more", none.clone()),
        ("DELETE", "/accounts/nobody/addons/more", none.clone()),
        ("GET", "/accounts/nobody/entitlements", none.clone()),
        ("GET", "/accounts/nobody/explain", none.clone()),
        (
            "GET",
            "/accounts/nobody/downgrade-preview?plan=community",
            none.clone(),
        ),
    ] {
        world.expect(method, path, body, 404).await;
    }
    for path in [
        "entitlements",
        "explain",
        "downgrade-preview?plan=community",
    ] {
        world
            .expect("GET", &format!("/accounts/acme/{path}"), none.clone(), 200)
            .await;
    }
}

async fn reading(world: &mut World) {
    for who in [Who::Owner, Who::Other] {
        let has = world.ask(who, "GET", "/entitlements", "").await;
        assert_eq!(has.body["warnings"].is_array(), who == Who::Owner);
    }
    for path in [
        "/entitlements/explain",
        "/entitlements/downgrade-preview?plan=community",
    ] {
        let answer = world.ask(Who::Owner, "GET", path, "").await;
        assert_eq!(answer.status, 200);
    }
    for path in ["/audit", "/audit?limit=1"] {
        let answer = world.ask(Who::Admin, "GET", path, "").await;
        assert_eq!(answer.status, 200);
    }
    for path in ["/plans", "/openapi.json"] {
        let answer = world.ask(Who::Nobody, "GET", path, "").await;
        assert_eq!(answer.headers["cache-control"], "public, max-age=300");
        assert_eq!(answer.status, 200);
    }
}
