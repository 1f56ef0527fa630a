use bytes::Bytes;
use entitlements_admin::{AdminApi, BearerToken, FixedAccount};
use entitlements_core::AccountId;
use entitlements_core::testing::{self, TestEngine, TestVendor};
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::Value;

pub(crate) const ADMIN: &str = "Bearer admin-0123456789abcdef";
pub(crate) const OWNER: &str = "Bearer owner-0123456789abcdef";

/// An engine and the API over it: an admin's token, an owner's, and one account for all.
pub(crate) struct Client {
    pub(crate) engine: TestEngine,
    pub(crate) api: AdminApi,
}

/// An answer, taken apart.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Client {
    pub(crate) fn over(engine: TestEngine) -> Self {
        let guard = |header: &str| BearerToken::new(header.replace("Bearer ", "")).unwrap();
        let api = AdminApi::new(
            engine.entitlements().clone(),
            guard(ADMIN).named("admin"),
            guard(OWNER).named("owner"),
            FixedAccount(AccountId::LOCAL),
        );
        Self { engine, api }
    }

    /// Nothing is held.
    pub(crate) fn unlicensed() -> Self {
        Self::over(testing::without_license(testing::catalog()))
    }

    /// A license with this id for the plan business is held, from the command line.
    pub(crate) fn managed(id: &str) -> (Self, String) {
        let (catalog, vendor) = (testing::catalog(), TestVendor::new());
        let key = vendor.key(&catalog, |draft| {
            draft.plan("business").id(id).grace_days(14)
        });
        let (engine, _upkeep) =
            TestEngine::build(catalog, vendor, |builder| builder.license_key(&key));
        (Self::over(engine), key)
    }

    /// A key for the plan business that this engine takes.
    pub(crate) fn key(&self, id: &str) -> String {
        self.engine
            .key(|draft| draft.plan("business").id(id).grace_days(14))
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap();
        let (head, body) = self.api.handle(request).await.into_parts();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Answer {
            status: head.status,
            headers: head.headers,
            text,
        }
    }

    /// As the admin.
    pub(crate) async fn admin(&self, method: Method, path: &str, body: &str) -> Answer {
        self.send(method, path, &[("authorization", ADMIN)], body)
            .await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.admin(Method::GET, path, "").await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.admin(Method::DELETE, path, "").await
    }

    pub(crate) async fn activate(&self, key: &str) -> Answer {
        let body = serde_json::json!({ "key": key }).to_string();
        self.admin(Method::POST, "/license", &body).await
    }

    /// As anyone.
    pub(crate) async fn entitlements(&self, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, "/entitlements", headers, "").await
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().map(|value| value.to_str().unwrap());
        assert_eq!(values.next(), None, "{name} is there twice");
        value
    }

    /// Checks that it is a problem as every problem is.
    #[track_caller]
    pub(crate) fn assert_problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        let problem = self.json();
        assert_eq!(problem["code"], code, "{}", self.text);
        assert_eq!(problem["status"], status);
        let slug = code.to_lowercase().replace('_', "-");
        assert_eq!(problem["type"], format!("urn:entitlements:problem:{slug}"));
        let title = problem["title"].as_str().unwrap();
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            !title.is_empty() && !detail.is_empty() && !detail.ends_with('.'),
            "{}",
            self.text
        );
        let start = format!(
            r#"{{"type":"urn:entitlements:problem:{slug}","title":"{title}","status":{status},"code":"{code}","detail":""#
        );
        assert!(self.text.starts_with(&start), "{}", self.text);
        problem
    }

    /// Checks that it is JSON as every success but `/entitlements` is.
    #[track_caller]
    pub(crate) fn assert_json(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        self.json()
    }

    /// Checks that it says nothing but that it is done.
    #[track_caller]
    pub(crate) fn assert_no_content(&self) {
        assert_eq!(self.status, 204, "{}", self.text);
        assert_eq!(self.text, "");
        assert_eq!(self.header("content-type"), None);
        assert_eq!(self.header("content-length"), None);
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
    }
}
