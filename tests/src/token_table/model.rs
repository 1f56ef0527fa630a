//! The form of the table, as `spec/tokens/README.md` says.

use entitlements_core::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

/// The time of rows that name none.
const NOW: &str = "2026-06-01T12:00:00Z";

/// One file: what its rows share, and the rows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What the rows are about.
    pub about: String,
    #[serde(default)]
    pub now: Option<Time>,
    #[serde(default)]
    pub catalog: Option<String>,
    #[serde(default)]
    pub sign_with: Option<String>,
    /// The claims of a row that says nothing else.
    #[serde(default)]
    pub claims: Option<Map<String, Value>>,
    pub rows: Vec<Row>,
}

/// One token, and what is made of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub rules: Vec<String>,
    pub says: String,
    #[serde(default)]
    pub catalog: Option<String>,
    #[serde(default)]
    pub now: Option<Time>,
    #[serde(flatten)]
    pub token: Making,
    #[serde(default)]
    pub trust: Option<Vec<Trust>>,
    #[serde(default)]
    pub deployment: Option<String>,
    #[serde(default)]
    pub instance: Option<Here>,
    #[serde(default)]
    pub revocations: Vec<List>,
    /// Whether the library too is given the text without its white space.
    #[serde(default)]
    pub compacted: bool,
    #[serde(default)]
    pub fronts: Option<Vec<Front>>,
    pub expect: Expected,
    /// Where an engine says something else, because it puts the license to use.
    #[serde(default)]
    pub engine: Option<Expected>,
    #[serde(default)]
    pub shows: Map<String, Value>,
}

/// How a token is made.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Making {
    /// The whole text; then nothing is signed.
    #[serde(rename = "token")]
    pub raw: Option<String>,
    /// Text as it stands, or an object.
    pub header: Option<Value>,
    /// What is added to the usual header.
    pub header_with: Map<String, Value>,
    pub payload: Option<Value>,
    /// What is added to the file's claims.
    pub claims: Map<String, Value>,
    /// What is taken from them.
    pub without: Vec<String>,
    pub sign_with: Option<String>,
    /// What is signed, where it is not what belongs there.
    pub over: Over,
    /// How many bytes the token shall have.
    pub size: Option<usize>,
    pub then: Vec<Then>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    #[default]
    Text,
    Decoded,
    Payload,
    NoDot,
    TrailingDot,
    Sha512,
}

/// What is done to the token after it was signed.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// A new text, in which `{0}`, `{1}` and `{2}` are the parts.
    Arrange(String),
    /// The first of one text in a part to another.
    Replace(usize, String, String),
    /// Another header, or text as it stands.
    Header(Value),
    Payload(Value),
    /// Bits that no byte has, in the last character of a part.
    LooseBits(usize),
    /// A text after each so many characters.
    Fold(usize, String),
    Case(Letters),
    Base64,
    StandardAlphabet,
    /// The signature again, over what the parts now are.
    Sign,
    FlipBit(usize),
    /// The order of Ed25519's group, so many times, to S.
    AddOrder(usize),
    KeepBytes(usize),
    AppendHex(String),
    PrependHex(String),
    SignatureHex(String),
    RHex(String),
    SHex(String),
    SwapHalves,
    ReverseBytes,
    SignatureTwice,
    SignatureAsHexText,
    SignatureBase64Twice,
    /// The signature of the same token with these claims.
    SignatureOf(Map<String, Value>),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letters {
    Upper,
    Lower,
}

/// A key that is trusted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    pub key: String,
    #[serde(default)]
    pub form: Option<String>,
    #[serde(default)]
    pub kid: Option<String>,
    #[serde(default)]
    pub from: Option<Time>,
    #[serde(default)]
    pub until: Option<Time>,
}

/// A revocation list that is handed in before the license.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    #[serde(flatten)]
    pub token: Making,
    /// The reason, where it is not taken.
    #[serde(default)]
    pub refused: Option<String>,
}

/// The instance of the fixed machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Here {
    Here,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Front {
    Library,
    Cli,
    Rest,
}

/// What is made of a token.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", untagged)]
pub enum Expected {
    /// It verifies, and has this status.
    Status(String),
    Refused {
        reason: String,
    },
}

/// A time in RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(pub Timestamp);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// A row with what its file says for all rows.
#[derive(Debug, Clone)]
pub struct Case {
    /// Such as `times.json[7]`.
    pub place: String,
    pub now: Timestamp,
    /// `None` where no catalog is given.
    pub catalog: Option<String>,
    pub row: Row,
}

impl Case {
    /// Whether this front is asked.
    #[must_use]
    pub fn is_for(&self, front: Front) -> bool {
        if let Some(fronts) = &self.row.fronts {
            return fronts.contains(&front);
        }
        match front {
            Front::Library => true,
            // A command line names no window.
            Front::Cli => self
                .trust()
                .iter()
                .all(|trust| trust.from.is_none() && trust.until.is_none()),
            // An engine has a catalog.
            Front::Rest => self.catalog.is_some(),
        }
    }

    /// Which keys are trusted: those of the vendor, where the row names none.
    #[must_use]
    pub fn trust(&self) -> Vec<Trust> {
        let usual = || {
            ["vendor", "vendor_2", "rsa"].map(|key| Trust {
                key: key.to_owned(),
                form: None,
                kid: None,
                from: None,
                until: None,
            })
        };
        self.row.trust.clone().unwrap_or_else(|| usual().to_vec())
    }
}

impl File {
    /// The rows, each with what the file says for all.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn cases(self, name: &str) -> Vec<Case> {
        let usual = json!({"tier": "business", "exp": "{{2027-06-01T00:00:00Z}}"});
        let claims = self
            .claims
            .unwrap_or_else(|| usual.as_object().expect("an object").clone());
        let now = self
            .now
            .map_or_else(|| NOW.parse().expect("a time"), |time| time.0);
        let catalog = self.catalog.unwrap_or_else(|| "default.toml".to_owned());
        let case = |(number, mut row): (usize, Row)| {
            let mut all = claims.clone();
            all.extend(std::mem::take(&mut row.token.claims));
            all.retain(|name, _| !row.token.without.contains(name));
            row.token.claims = all;
            row.token.sign_with = row.token.sign_with.or_else(|| self.sign_with.clone());
            Case {
                place: format!("{name}[{number}]"),
                now: row.now.map_or(now, |time| time.0),
                catalog: Some(row.catalog.clone().unwrap_or_else(|| catalog.clone()))
                    .filter(|name| name != "none"),
                row,
            }
        };
        self.rows.into_iter().enumerate().map(case).collect()
    }
}
