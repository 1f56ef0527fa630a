//! Q20 to Q23: what answers of rate-limited routes say of the rates, as structured fields.

use std::fmt;

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
pub(crate) struct FieldName(Box<str>);

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member<'a> {
    pub(crate) name: &'a FieldName,
    /// How many may come at once.
    pub(crate) burst: u64,
    /// The seconds in which an empty bucket is full again.
    pub(crate) window_seconds: u64,
    /// How many may come now.
    pub(crate) remaining: u64,
    /// The seconds until that is another number, as `t` says it.
    pub(crate) reset_seconds: u64,
}

/// The headers in the order of their lines, those of older clients last.
const HEADERS: [&str; 5] = [
    "ratelimit-policy",
    "ratelimit",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
];

/// What the answer to a request says of the rates that it was held against; adapters write it into the response's head.
///
/// It is written down when the request is judged: of what threads share, nothing is kept until the response is there.
#[derive(Clone, PartialEq, Eq)]
pub struct RateReport {
    /// What the headers say, each on a line of its own; those that are not said are the last ones.
    lines: String,
}

impl RateReport {
    /// None of none.
    #[inline]
    pub(crate) fn of<'a>(
        mut members: impl Iterator<Item = Member<'a>>,
        with_legacy: bool,
    ) -> Option<Self> {
        let first = members.next()?;
        // Nearly always none, which takes no memory.
        let others: Vec<_> = members.collect();
        let mut lines = Lines(String::with_capacity(USUAL_LENGTH));
        lines.policy(&first);
        for other in &others {
            lines.push(", ").policy(other);
        }
        lines.push("\n").limit(&first);
        for other in &others {
            lines.push(", ").limit(other);
        }
        if with_legacy {
            let members = std::iter::once(&first).chain(&others);
            // The one that would be used up first.
            let tightest = members.min_by_key(|member| member.remaining)?;
            for number in [tightest.burst, tightest.remaining, tightest.reset_seconds] {
                lines.push("\n").number(number);
            }
        }
        Some(Self { lines: lines.0 })
    }

    /// Shows each header, its name in lower case.
    #[inline]
    pub fn visit(&self, mut each: impl FnMut(&'static str, &str)) {
        // INVARIANT: names are visible ASCII and spaces (Q23), so that a line has no other end.
        for (name, line) in HEADERS.into_iter().zip(self.lines.split('\n')) {
            each(name, line);
        }
    }
}

/// What the lines of one or two rates are shorter than, usually.
const USUAL_LENGTH: usize = 128;

/// Lines as they are written.
struct Lines(String);

impl Lines {
    #[inline]
    fn policy(&mut self, member: &Member<'_>) {
        self.push(&member.name.0)
            .push(";q=")
            .number(member.burst)
            .push(";w=")
            .number(member.window_seconds);
    }

    #[inline]
    fn limit(&mut self, member: &Member<'_>) {
        self.push(&member.name.0)
            .push(";r=")
            .number(member.remaining)
            .push(";t=")
            .number(member.reset_seconds);
    }

    #[inline]
    fn push(&mut self, text: &str) -> &mut Self {
        self.0.push_str(text);
        self
    }

    #[inline]
    fn number(&mut self, number: u64) -> &mut Self {
        self.push(itoa::Buffer::new().format(number.min(MOST)))
    }
}

impl fmt::Debug for RateReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        self.visit(|name, line| {
            map.entry(&name, &line);
        });
        map.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name, and the numbers of a member in their order.
    type Stood<'a> = (&'a str, [u64; 4]);

    fn shown(stood: &[Stood<'_>], with_legacy: bool) -> Vec<(&'static str, String)> {
        let names: Vec<_> = stood.iter().map(|(name, _)| FieldName::new(name)).collect();
        let members = names.iter().zip(stood).map(|(name, (_, numbers))| {
            let [burst, window_seconds, remaining, reset_seconds] = *numbers;
            Member {
                name,
                burst,
                window_seconds,
                remaining,
                reset_seconds,
            }
        });
        let mut lines = Vec::new();
        let report = RateReport::of(members, with_legacy).unwrap();
        report.visit(|name, value| lines.push((name, value.to_owned())));
        lines
    }

    #[test]
    fn q20_one_rate_is_one_member() {
        let lines = shown(&[("api", [100, 100, 12, 100])], false);
        let policy = ("ratelimit-policy", r#""api";q=100;w=100"#.to_owned());
        let limit = ("ratelimit", r#""api";r=12;t=100"#.to_owned());
        assert_eq!(lines, [policy, limit]);
    }

    #[test]
    fn q21_several_rates_are_several_members_however_long() {
        let names: Vec<_> = (0..30).map(|number| format!("rate_{number}")).collect();
        let members = names.iter().zip(0..);
        let members: Vec<_> = members
            .map(|(name, number)| (name.as_str(), [number, 1, 0, 7]))
            .collect();
        let lines = shown(&members, false);
        let policy: Vec<_> = lines[0].1.split(", ").collect();
        assert_eq!(policy.len(), 30);
        assert_eq!(policy[29], r#""rate_29";q=29;w=1"#);
        assert!(lines[1].1.ends_with(r#""rate_29";r=0;t=7"#));
    }

    #[test]
    fn q22_the_older_headers_tell_the_tightest() {
        let members = [("api", [100, 100, 12, 100]), ("exports", [5, 60, 1, 60])];
        let lines = shown(&members, true);
        let older = [
            ("x-ratelimit-limit", "5".to_owned()),
            ("x-ratelimit-remaining", "1".to_owned()),
            ("x-ratelimit-reset", "60".to_owned()),
        ];
        assert_eq!(lines[2..], older);
    }

    #[test]
    fn q23_names_and_numbers_fit_the_form() {
        let lines = shown(&[("a\"b\\cé", [u64::MAX, 0, u64::MAX, 1])], false);
        assert_eq!(lines[0].1, r#""a\"b\\c%C3%A9";q=999999999999999;w=0"#);
        assert_eq!(lines[1].1, r#""a\"b\\c%C3%A9";r=999999999999999;t=1"#);
        // Lines are told apart by what no name can hold.
        let lines = shown(&[("a\nb\r", [1, 1, 0, 1])], true);
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[1].1, r#""a%0Ab%0D";r=0;t=1"#);
        assert_eq!(lines[2].1, "1");
    }
}
