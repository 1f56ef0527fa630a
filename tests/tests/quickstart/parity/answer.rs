use entitlements_tests::wire::Response;
use serde_json::Value;

/// Each server library says what time it is.
const NOT_COMPARED: &str = "date";

/// Times at which a program did something.
const TIMES: [&str; 3] = ["refreshed_at", "revalidated_at", "created_at"];

/// Ends with an id where something was made.
const LOCATION: &str = "location";

/// How much is left of a rate, which each program refills by its own time.
const LEFT: &str = "ratelimit";

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
        for (name, value) in &mut answer.headers {
            if name == LOCATION
                && let Some((path, id)) = value.rsplit_once('/')
                && is_uuid(id)
            {
                *value = format!("{path}/({} bytes)", id.len());
            }
        }
        for (name, value) in &mut answer.headers {
            if name == LEFT
                && let Some((rate, left)) = value.split_once(";r=")
                && let Some((_, reset)) = left.split_once(';')
            {
                *value = format!("{rate};r=(left);{reset}");
            }
        }
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
    let mut new = Vec::new();
    find_new(&json, &mut new);
    for new in new {
        text = text.replace(new, &format!("({} bytes)", new.len()));
    }
    text
}

/// At any depth.
fn find_new<'a>(json: &'a Value, new: &mut Vec<&'a str>) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| find_new(item, new)),
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text)
                        if TIMES.contains(&name.as_str()) || name == "id" && is_uuid(text) =>
                    {
                        new.push(text);
                    }
                    value => find_new(value, new),
                }
            }
        }
        _ => {}
    }
}

fn is_uuid(text: &str) -> bool {
    let dashes = text.match_indices('-').map(|(place, _)| place);
    text.len() == 36 && dashes.eq([8, 13, 18, 23])
}
