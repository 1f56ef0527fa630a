//! `/account/ip-allowlist`: M19 to M21.

mod entries;
mod faults;
mod locked_out;
mod plans;
mod races;
mod recorded;

use std::net::SocketAddr;

use bytes::Bytes;
use entitlements_core::PeerAddress;
use entitlements_core::client_address::{ClientAddress, ForwardedHeader, TrustedProxies};
use entitlements_core::testing::{self, TestEngine, TestVendor};
use http::{Method, Request};
use serde_json::{Value, json};

pub(crate) use crate::accounts::refused;
use crate::client::{Answer, Client, OWNER};

pub(crate) const PATH: &str = "/account/ip-allowlist";
pub(crate) const OFFICE: &str = "192.0.2.0/24";
/// In the office.
pub(crate) const DESK: &str = "192.0.2.7";
/// Anywhere else.
pub(crate) const AWAY: &str = "198.51.100.9";

/// An owner on the plan business, which has the feature.
pub(crate) fn client() -> Client {
    Client::over(testing::on_plan(testing::catalog(), "business"))
}

/// The same behind proxies in 10.0.0.0/8.
pub(crate) fn behind_a_proxy() -> Client {
    let (catalog, vendor) = (testing::catalog(), TestVendor::new());
    let key = vendor.key(&catalog, |draft| draft.plan("business"));
    let (engine, _upkeep) = TestEngine::build(catalog, vendor, |builder| {
        let proxies = TrustedProxies::parse(["10.0.0.0/8"]).unwrap();
        let told = ClientAddress::new(proxies, ForwardedHeader::x_forwarded_for());
        builder.license_key(key).client_address(told)
    });
    Client::over(engine)
}

impl Client {
    /// As the owner, over a connection from there; from nowhere that can be told where it is empty.
    pub(crate) async fn owner_at(
        &self,
        peer: &str,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Answer {
        self.owner_with(peer, &[], method, path, body).await
    }

    pub(crate) async fn owner_with(
        &self,
        peer: &str,
        headers: &[(&str, &str)],
        method: Method,
        path: &str,
        body: &Value,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("authorization", OWNER);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut request = request.body(Bytes::from(body)).unwrap();
        if !peer.is_empty() {
            let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
            request.extensions_mut().insert(PeerAddress(peer));
        }
        let (head, body) = self.api.handle(request).await.into_parts();
        Answer {
            status: head.status,
            headers: head.headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// Adds a range from within the office; its id.
    pub(crate) async fn added(&self, range: &str) -> String {
        self.added_by(DESK, range, "").await
    }

    pub(crate) async fn added_by(&self, peer: &str, range: &str, query: &str) -> String {
        let path = format!("{PATH}{query}");
        let body = json!({ "ip_range": range, "description": "" });
        let answer = self.owner_at(peer, Method::POST, &path, &body).await;
        assert_eq!(answer.status, 201, "{range}: {}", answer.text);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn patch(&self, peer: &str, id: &str, body: &Value) -> Answer {
        let path = format!("{PATH}/{id}");
        self.owner_at(peer, Method::PATCH, &path, body).await
    }

    pub(crate) async fn remove(&self, peer: &str, id: &str) -> Answer {
        let path = format!("{PATH}/{id}");
        self.owner_at(peer, Method::DELETE, &path, &Value::Null)
            .await
    }

    /// The list as it is.
    pub(crate) async fn listed(&self) -> Vec<Value> {
        let answer = self.owner_at("", Method::GET, PATH, &Value::Null).await;
        let entries = answer.assert_json()["entries"].clone();
        entries.as_array().unwrap().clone()
    }

    /// The ranges of the entries that are active.
    pub(crate) async fn in_force(&self) -> Vec<String> {
        let entries = self.listed().await;
        let active = entries.iter().filter(|entry| entry["is_active"] == true);
        active
            .map(|entry| entry["ip_range"].as_str().unwrap().to_owned())
            .collect()
    }
}
