use super::{Entry, Node, Spot, Value};
use crate::catalog::document::place::line_and_column;
use crate::catalog::error::Mistake;
use crate::strict::json;

/// Reads JSON, or says where its form is wrong.
pub(in crate::catalog) fn read(text: &str) -> Result<Node, Vec<Mistake>> {
    match json::read(text.as_bytes()) {
        Ok(value) => Ok(node(&value, Spot::Pointer(None))),
        Err(error) => {
            let place = line_and_column(text, error.offset());
            Err(vec![Mistake::new(
                place,
                format!("not valid json: {}", error.kind()),
            )])
        }
    }
}

fn node(value: &json::Value<'_>, spot: Spot) -> Node {
    let value = match value {
        json::Value::Null => Value::Other("null"),
        json::Value::Bool(flag) => Value::Boolean(*flag),
        json::Value::Number(number) => number.as_integer().map_or(
            Value::Other("a number that is not a plain integer"),
            Value::Integer,
        ),
        json::Value::String(text) => Value::String(text.clone().into_owned()),
        json::Value::Array(items) => Value::Array(
            items
                .iter()
                .enumerate()
                .map(|(i, item)| node(item, spot.member(&i.to_string())))
                .collect(),
        ),
        json::Value::Object(members) => Value::Table(
            members
                .iter()
                .map(|(name, value)| {
                    let spot = spot.member(name);
                    Entry {
                        key: name.clone().into_owned(),
                        spot: spot.clone(),
                        node: node(value, spot),
                    }
                })
                .collect(),
        ),
    };
    Node { spot, value }
}
