//! Audit records: what changes leave behind (M13), and who reads it (M15).

mod addresses;
mod changes;
mod readers;

use http::Method;
use serde_json::Value;

use crate::client::Client;

const POST: Method = Method::POST;

impl Client {
    /// The records, the oldest first.
    async fn audit(&self) -> Vec<Value> {
        let page = self.get("/audit?limit=1000").await.assert_json();
        assert_eq!(page["next"], Value::Null);
        let mut records = page["records"].as_array().unwrap().clone();
        records.reverse();
        records
    }
}

fn detail<'a>(record: &'a Value, name: &str) -> Option<&'a str> {
    let mut details = record["details"].as_array().unwrap().iter();
    details.find(|detail| detail["name"] == name)?["value"].as_str()
}
