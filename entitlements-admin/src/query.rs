//! What stands behind the `?` of a path.

use std::ops::RangeInclusive;

use entitlements_core::Timestamp;

use crate::body::shown;
use crate::refusal::{FieldError, Refusal};

/// The members of a query, as forms write them: `+` is a space, an empty value is none. Whatever is wrong with them is told at
/// once, by [`finish`](Self::finish).
#[derive(Debug)]
pub(crate) struct Query {
    /// Those that nobody asked for yet.
    rest: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl Query {
    pub(crate) fn read(query: Option<&str>) -> Self {
        let mut read = Self {
            rest: Vec::new(),
            errors: Vec::new(),
        };
        let pairs = query.unwrap_or_default().split('&');
        for pair in pairs.filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (decode(name), decode(value)) {
                (Some(name), _) if read.rest.iter().any(|(known, _)| *known == name) => {
                    read.wrong(&name, "is there twice");
                }
                (Some(name), Some(value)) => read.rest.push((name, value)),
                (Some(name), None) => read.wrong(&name, "is not percent-encoded UTF-8"),
                (None, _) => read.wrong("", "a name in the query is not percent-encoded UTF-8"),
            }
        }
        read
    }

    /// Takes a value that may be left out.
    pub(crate) fn optional(&mut self, name: &str) -> Option<String> {
        let place = self.rest.iter().position(|(member, _)| member == name)?;
        Some(self.rest.remove(place).1).filter(|value| !value.is_empty())
    }

    /// Takes a value that must be there.
    pub(crate) fn string(&mut self, name: &str) -> Option<String> {
        let value = self.optional(name);
        if value.is_none() && !self.errors.iter().any(|error| error.field == name) {
            self.wrong(name, "must be there");
        }
        value
    }

    /// Takes an integer that may be left out.
    pub(crate) fn integer(&mut self, name: &str, range: &RangeInclusive<usize>) -> Option<usize> {
        let text = self.optional(name)?;
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = (range.start(), range.end());
            self.wrong(name, &format!("must be an integer from {least} to {most}"));
        }
        number
    }

    /// Takes a switch that is `true` or left out.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let value = self.optional(name);
        if value.as_deref().is_some_and(|value| value != "true") {
            self.wrong(name, "must be `true`, or left out");
        }
        value.is_some()
    }

    /// Takes a time that may be left out. In a query `+` is a space, so an offset to the east is written with `%2B`.
    pub(crate) fn time(&mut self, name: &str) -> Option<Timestamp> {
        let text = self.optional(name)?;
        let time = text.parse().ok();
        if time.is_none() {
            self.wrong(
                name,
                "must be an RFC 3339 time such as `2027-01-31T23:59:59Z`",
            );
        }
        time
    }

    /// Says that a member is wrong.
    pub(crate) fn wrong(&mut self, name: &str, message: &str) {
        self.errors.push(FieldError {
            field: shown(name),
            message: message.into(),
        });
    }

    /// Refuses the request where a member was wrong, or is there that nobody asked for.
    pub(crate) fn finish(mut self) -> Result<(), Refusal> {
        for (name, _) in std::mem::take(&mut self.rest) {
            self.wrong(&name, "is nothing that this path asks for");
        }
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Invalid(self.errors))
        }
    }
}

fn decode(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    Some(crate::percent::decode(&spaced)?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(query: &str) -> Vec<(String, String)> {
        let mut query = Query::read(Some(query));
        query.optional("text");
        query.integer("limit", &(1..=1000));
        match query.finish() {
            Err(Refusal::Invalid(errors)) => errors
                .into_iter()
                .map(|error| (error.field, error.message))
                .collect(),
            Ok(()) => Vec::new(),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn values_are_decoded_as_forms_write_them() {
        for (query, expected) in [
            ("text=a+b%2B%c3%a9", Some("a b+\u{e9}")),
            ("&&text=a=b&", Some("a=b")),
            ("t%65xt=a", Some("a")),
            ("text=", None),
            ("text", None),
            ("", None),
        ] {
            let read = Query::read(Some(query)).optional("text");
            assert_eq!(read.as_deref(), expected, "{query}");
        }
        assert_eq!(Query::read(None).optional("text"), None);
    }

    #[test]
    fn every_wrong_member_is_told() {
        let error = |field: &str, message: &str| (field.to_owned(), message.to_owned());
        assert_eq!(
            errors("text=a&text=b&x=1&text=%zz&%ff=1&limit=0"),
            [
                error("text", "is there twice"),
                error("text", "is there twice"),
                error("", "a name in the query is not percent-encoded UTF-8"),
                error("limit", "must be an integer from 1 to 1000"),
                error("x", "is nothing that this path asks for"),
            ]
        );
        assert_eq!(
            errors("text=%ff")[0],
            error("text", "is not percent-encoded UTF-8")
        );
        for limit in ["1001", "-1", "+1", "1.0", "x", "99999999999999999999999"] {
            assert_eq!(errors(&format!("limit={limit}")).len(), 1, "{limit}");
        }
        for limit in ["1", "1000", "007", ""] {
            assert!(errors(&format!("limit={limit}")).is_empty(), "{limit}");
        }
    }

    #[test]
    fn what_must_be_there_is_missed_once() {
        for query in ["", "plan=", "plan=%ff"] {
            let mut query = Query::read(Some(query));
            assert_eq!(query.string("plan"), None);
            let Err(Refusal::Invalid(errors)) = query.finish() else {
                panic!("it is refused");
            };
            assert_eq!((errors.len(), errors[0].field.as_str()), (1, "plan"));
        }
    }
}
