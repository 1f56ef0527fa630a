use entitlements_tests::wire::Response;
use serde_json::Value;

/// Each server library says what time it is.
const NOT_COMPARED: &str = "date";

/// Times at which a program did something by itself.
const TIMES: [&str; 2] = ["refreshed_at", "revalidated_at"];

/// What goes before an answer whose body the server asks for. When it asks is the server library's to say.
const INTERIM: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// An answer, as far as it must be the same: the status, all headers but the date, and the body byte for byte, but for
/// times and ids that each program makes anew.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(INTERIM).unwrap_or(bytes);
        let mut answer = Response::read(bytes)?;
        answer.headers.retain(|(name, _)| name != NOT_COMPARED);
        answer.headers.sort();
        Some(Self {
            status: answer.status,
            body: without_what_is_new(&answer),
            headers: answer.headers,
        })
    }
}

/// Each is replaced by how long it is, so that lengths are compared still.
fn without_what_is_new(answer: &Response) -> String {
    let mut text = answer.text();
    let Ok(json) = serde_json::from_slice::<Value>(&answer.body) else {
        return text;
    };
    let times = TIMES.map(|name| &json[name]);
    let listed = json["users"].as_array().into_iter().flatten();
    let users = listed
        .chain([&json])
        .filter(|json| json.get("name").is_some());
    let ids = users.map(|user| &user["id"]);
    for new in times.into_iter().chain(ids).filter_map(Value::as_str) {
        text = text.replace(new, &format!("({} bytes)", new.len()));
    }
    text
}
