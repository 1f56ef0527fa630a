//! Q20 to Q23: what answers of rate-limited routes say of the rates, as structured fields.

use std::fmt;
use std::sync::Arc;

/// The largest integer of a structured field (RFC 9651, section 3.3.1).
const MOST: u64 = 999_999_999_999_999;

/// When the answers of a rate-limited route say where the rates stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum RateHeaders {
    /// Always. The default: clients that are told in time slow down by themselves.
    #[default]
    Always,
    /// Where a request was denied for its rate.
    Denied,
    /// Never; `Retry-After` is there all the same.
    Never,
}

/// The name of a rate as a structured field writes it: a string of ASCII, in quotes (RFC 9651, section 3.3.3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct FieldName(Arc<str>);

impl FieldName {
    /// What the form has no room for is percent-encoded.
    pub(crate) fn new(name: &str) -> Self {
        let mut text = String::with_capacity(name.len() + 2);
        text.push('"');
        for byte in name.bytes() {
            match byte {
                b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
                b' '..=b'~' => text.push(char::from(byte)),
                _ => text.push_str(&format!("%{byte:02X}")),
            }
        }
        text.push('"');
        Self(text.into())
    }
}

/// Where one rate stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: FieldName,
    /// How many may come at once.
    pub(crate) burst: u64,
    /// The seconds in which nothing is full again.
    pub(crate) window_seconds: u64,
    /// How many may come now.
    pub(crate) remaining: u64,
    /// The seconds until that is another number, as `t` says it.
    pub(crate) reset_seconds: u64,
}

/// What the answer to a request says of the rates that it was held against; adapters write it into the response's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateReport {
    first: Member,
    others: Vec<Member>,
    with_legacy: bool,
}

impl RateReport {
    /// None of none.
    pub(crate) fn of(members: impl IntoIterator<Item = Member>, with_legacy: bool) -> Option<Self> {
        let mut members = members.into_iter();
        Some(Self {
            first: members.next()?,
            others: members.collect(),
            with_legacy,
        })
    }

    fn members(&self) -> impl Iterator<Item = &Member> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The one that would be used up first.
    fn tightest(&self) -> &Member {
        let tightest = self.members().min_by_key(|member| member.remaining);
        tightest.unwrap_or(&self.first)
    }

    /// Shows each header, its name in lower case.
    pub fn visit(&self, mut each: impl FnMut(&'static str, &str)) {
        let mut line = Line::default();
        for member in self.members() {
            line.member(&member.name)
                .parameter(";q=", member.burst)
                .parameter(";w=", member.window_seconds);
        }
        each("ratelimit-policy", line.as_str());
        line.clear();
        for member in self.members() {
            line.member(&member.name)
                .parameter(";r=", member.remaining)
                .parameter(";t=", member.reset_seconds);
        }
        each("ratelimit", line.as_str());
        if self.with_legacy {
            let member = self.tightest();
            for (name, number) in [
                ("x-ratelimit-limit", member.burst),
                ("x-ratelimit-remaining", member.remaining),
                ("x-ratelimit-reset", member.reset_seconds),
            ] {
                line.clear();
                each(name, line.parameter("", number).as_str());
            }
        }
    }
}

/// A line that is nearly always short enough to be written in place.
struct Line {
    short: [u8; 120],
    length: usize,
    /// All of it, where it is longer.
    long: Option<String>,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            short: [0; 120],
            length: 0,
            long: None,
        }
    }
}

impl Line {
    fn clear(&mut self) {
        self.length = 0;
        self.long = None;
    }

    fn is_empty(&self) -> bool {
        self.length == 0 && self.long.is_none()
    }

    fn member(&mut self, name: &FieldName) -> &mut Self {
        if !self.is_empty() {
            self.push(", ");
        }
        self.push(&name.0)
    }

    fn parameter(&mut self, name: &str, number: u64) -> &mut Self {
        let mut digits = [0; 15];
        let mut at = digits.len();
        let mut left = number.min(MOST);
        loop {
            at -= 1;
            if let Some(digit) = digits.get_mut(at) {
                *digit = b'0' + (left % 10) as u8;
            }
            left /= 10;
            if left == 0 {
                break;
            }
        }
        let digits = digits
            .get(at..)
            .and_then(|text| std::str::from_utf8(text).ok());
        self.push(name).push(digits.unwrap_or_default())
    }

    fn push(&mut self, text: &str) -> &mut Self {
        if let Some(long) = &mut self.long {
            long.push_str(text);
            return self;
        }
        let end = self.length + text.len();
        match self.short.get_mut(self.length..end) {
            Some(room) => {
                room.copy_from_slice(text.as_bytes());
                self.length = end;
            }
            None => {
                let mut long = self.as_str().to_owned();
                long.push_str(text);
                self.long = Some(long);
            }
        }
        self
    }

    fn as_str(&self) -> &str {
        self.long.as_deref().unwrap_or_else(|| {
            let short = self.short.get(..self.length).unwrap_or_default();
            // INVARIANT: only whole texts are pushed.
            std::str::from_utf8(short).unwrap_or_default()
        })
    }
}

impl fmt::Display for RateReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Line::default();
        for member in self.members() {
            line.member(&member.name)
                .parameter(" ", member.remaining)
                .parameter(" of ", member.burst);
        }
        f.write_str(line.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, numbers: [u64; 4]) -> Member {
        let [burst, window_seconds, remaining, reset_seconds] = numbers;
        Member {
            name: FieldName::new(name),
            burst,
            window_seconds,
            remaining,
            reset_seconds,
        }
    }

    fn shown(members: Vec<Member>, with_legacy: bool) -> Vec<(&'static str, String)> {
        let mut lines = Vec::new();
        let report = RateReport::of(members, with_legacy).unwrap();
        report.visit(|name, value| lines.push((name, value.to_owned())));
        lines
    }

    #[test]
    fn q20_one_rate_is_one_member() {
        let lines = shown(vec![member("api", [100, 100, 12, 100])], false);
        let policy = ("ratelimit-policy", r#""api";q=100;w=100"#.to_owned());
        let limit = ("ratelimit", r#""api";r=12;t=100"#.to_owned());
        assert_eq!(lines, [policy, limit]);
    }

    #[test]
    fn q21_several_rates_are_several_members_however_long() {
        let members = (0..30)
            .map(|number| member(&format!("rate_{number}"), [number, 1, 0, 7]))
            .collect();
        let lines = shown(members, false);
        let policy: Vec<_> = lines[0].1.split(", ").collect();
        assert_eq!(policy.len(), 30);
        assert_eq!(policy[29], r#""rate_29";q=29;w=1"#);
        assert!(lines[1].1.ends_with(r#""rate_29";r=0;t=7"#));
    }

    #[test]
    fn q22_the_older_headers_tell_the_tightest() {
        let members = vec![
            member("api", [100, 100, 12, 100]),
            member("exports", [5, 60, 1, 60]),
        ];
        let lines = shown(members, true);
        let older = [
            ("x-ratelimit-limit", "5".to_owned()),
            ("x-ratelimit-remaining", "1".to_owned()),
            ("x-ratelimit-reset", "60".to_owned()),
        ];
        assert_eq!(lines[2..], older);
    }

    #[test]
    fn q23_names_and_numbers_fit_the_form() {
        let lines = shown(vec![member("a\"b\\cé", [u64::MAX, 0, u64::MAX, 1])], false);
        assert_eq!(lines[0].1, r#""a\"b\\c%C3%A9";q=999999999999999;w=0"#);
        assert_eq!(lines[1].1, r#""a\"b\\c%C3%A9";r=999999999999999;t=1"#);
    }
}
