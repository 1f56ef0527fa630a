//! Our reader of JSON against one that nobody here wrote.

use std::collections::HashSet;

use entitlements_core::strict::json::{JsonErrorKind, Value, read};
use serde_json::value::RawValue;

mod members;

use members::Members;

/// What our reader accepts, serde_json reads as the same value; what it refuses, serde_json refuses, duplicate members
/// and depth aside.
///
/// # Panics
/// When the two readers disagree, or ours accepts duplicate members.
pub fn json(data: &[u8]) {
    match read(data) {
        Ok(ours) => {
            let theirs = serde_json::from_slice::<&RawValue>(data)
                .unwrap_or_else(|error| panic!("only our reader accepts this: {error}"));
            compare(&ours, theirs);
            let text = ours.to_string();
            assert_eq!(read(text.as_bytes()).as_ref(), Ok(&ours), "{text}");
        }
        Err(error) => {
            assert!(error.offset() <= data.len());
            let stricter = [JsonErrorKind::DuplicateMember, JsonErrorKind::Depth];
            if !stricter.contains(&error.kind()) {
                let theirs = serde_json::from_slice::<serde_json::Value>(data);
                assert!(
                    theirs.is_err(),
                    "only our reader refuses this: {error}, {theirs:?}"
                );
            }
        }
    }
}

fn compare(ours: &Value<'_>, theirs: &RawValue) {
    let text = theirs.get();
    match ours {
        Value::Null => assert_eq!(text, "null"),
        Value::Bool(value) => assert_eq!(text, value.to_string()),
        Value::Number(number) => {
            assert_eq!(text, number.as_str());
            let integer = (text != "-0").then(|| text.parse::<i128>().ok()).flatten();
            assert_eq!(number.as_integer(), integer);
        }
        Value::String(value) => assert_eq!(&read_as::<String>(text), value.as_ref()),
        Value::Array(items) => {
            let theirs = read_as::<Vec<&RawValue>>(text);
            assert_eq!(items.len(), theirs.len());
            for (ours, theirs) in items.iter().zip(theirs) {
                compare(ours, theirs);
            }
        }
        Value::Object(members) => {
            let Members(theirs) = read_as(text);
            assert_eq!(members.len(), theirs.len());
            let mut names = HashSet::new();
            for ((name, ours), (their_name, theirs)) in members.iter().zip(theirs) {
                assert!(names.insert(name), "`{name}` is there twice");
                assert_eq!(name, &their_name);
                compare(ours, theirs);
            }
        }
        other => panic!("a kind of value that this target does not know: {other:?}"),
    }
}

fn read_as<'a, T: serde::Deserialize<'a>>(text: &'a str) -> T {
    serde_json::from_str(text)
        .unwrap_or_else(|error| panic!("only our reader accepts {text}: {error}"))
}
