use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

/// The only form of beats so far.
const SCHEMA: u32 = 1;
/// The most bytes that a beat has; receivers read no more.
pub const MOST_BEAT_BYTES: usize = 64 * 1024;

const MOST_LICENSES: usize = 64;
const MOST_FEATURES: usize = 256;
const MOST_NAME_BYTES: usize = 128;
const MOST_NODES: u32 = 1_000_000;
const FINGERPRINT: &str = "sha256:";

/// All that a heartbeat sends, as the JSON of these fields in this order.
///
/// There is no address, host name, account, key, or time in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beat {
    schema: u32,
    cluster: String,
    product: String,
    version: String,
    licenses: Vec<String>,
    nodes: u32,
    features: Vec<String>,
}

/// Why a body is no beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BeatError {
    /// It has more than [`MOST_BEAT_BYTES`].
    #[error("a beat has at most 64 kib")]
    TooLarge,
    /// It is not JSON with exactly the fields of a beat.
    #[error(
        "not the json of a beat: `schema`, `cluster`, `product`, `version`, `licenses`, `nodes`, `features`"
    )]
    Json,
    /// A field holds what it cannot.
    #[error("`{field}` is not as in a beat")]
    Field {
        /// Its name.
        field: &'static str,
    },
}

/// How a beat names a license: the SHA-256 of its id, so that only whoever issued it knows which it is.
///
/// ```
/// use entitlements_outbound::heartbeat::license_fingerprint;
///
/// assert_eq!(
///     license_fingerprint("lic_1"),
///     "sha256:d14d29fea47b7a4ae9c9497d085128b126a49154480c54fc1632671a7ef22a9f",
/// );
/// ```
#[must_use]
pub fn license_fingerprint(id: &str) -> String {
    format!(
        "{FINGERPRINT}{}",
        hashed("entitlements-heartbeat-license", id)
    )
}

/// The SHA-256 of a text that means one thing only, in hex.
pub(super) fn hashed(meaning: &str, text: &str) -> String {
    let hash = digest::digest(&digest::SHA256, format!("{meaning}\n{text}").as_bytes());
    hash.as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Beat {
    /// A beat of a deployment, cut down to what a beat may hold: names that are too long are left out, and so is what is too much.
    #[cfg(feature = "client")]
    pub(super) fn new(
        cluster: &str,
        (product, version): (&str, &str),
        license_ids: &[String],
        nodes: u32,
        features: Vec<String>,
    ) -> Self {
        let licenses = license_ids.iter().map(|id| license_fingerprint(id));
        let features = features.into_iter().filter(|name| is_name(name));
        Self {
            schema: SCHEMA,
            cluster: cluster.to_owned(),
            product: product.to_owned(),
            version: version.to_owned(),
            licenses: sorted(licenses, MOST_LICENSES),
            nodes: nodes.min(MOST_NODES),
            features: sorted(features, MOST_FEATURES),
        }
    }

    /// Reads what came from a stranger: exactly these fields, each once, none too large.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn read(body: &[u8]) -> Result<Self, BeatError> {
        if body.len() > MOST_BEAT_BYTES {
            return Err(BeatError::TooLarge);
        }
        let beat: Self = serde_json::from_slice(body).map_err(|_| BeatError::Json)?;
        match beat.wrong_field() {
            Some(field) => Err(BeatError::Field { field }),
            None => Ok(beat),
        }
    }

    fn wrong_field(&self) -> Option<&'static str> {
        let is_list = |list: &[String], most| {
            list.len() <= most && list.windows(2).all(|pair| pair.first() < pair.last())
        };
        let checks = [
            ("schema", self.schema == SCHEMA),
            ("cluster", is_hex(&self.cluster, 32)),
            ("product", is_name(&self.product)),
            ("version", is_name(&self.version)),
            (
                "licenses",
                is_list(&self.licenses, MOST_LICENSES)
                    && self.licenses.iter().all(|one| is_fingerprint(one)),
            ),
            ("nodes", self.nodes <= MOST_NODES),
            (
                "features",
                is_list(&self.features, MOST_FEATURES)
                    && self.features.iter().all(|name| is_name(name)),
            ),
        ];
        checks
            .into_iter()
            .find(|(_, is_right)| !is_right)
            .map(|(field, _)| field)
    }

    /// The deployment, by its random number.
    #[must_use]
    pub fn cluster(&self) -> &str {
        &self.cluster
    }

    /// The product's name.
    #[must_use]
    pub fn product(&self) -> &str {
        &self.product
    }

    /// The product's version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The licenses in force, each by its [`license_fingerprint`], sorted.
    #[must_use]
    pub fn licenses(&self) -> &[String] {
        &self.licenses
    }

    /// How many nodes the deployment has.
    #[must_use]
    pub const fn nodes(&self) -> u32 {
        self.nodes
    }

    /// The features used, sorted.
    #[must_use]
    pub fn features(&self) -> &[String] {
        &self.features
    }
}

#[cfg(feature = "client")]
fn sorted(items: impl Iterator<Item = String>, most: usize) -> Vec<String> {
    let all: std::collections::BTreeSet<_> = items.collect();
    all.into_iter().take(most).collect()
}

pub(super) fn is_name(name: &str) -> bool {
    (1..=MOST_NAME_BYTES).contains(&name.len()) && !name.chars().any(char::is_control)
}

fn is_fingerprint(text: &str) -> bool {
    text.strip_prefix(FINGERPRINT)
        .is_some_and(|hash| is_hex(hash, 64))
}

pub(super) fn is_hex(text: &str, digits: usize) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == digits && text.bytes().all(is_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLUSTER: &str = "0123456789abcdef0123456789abcdef";

    fn text(change: impl Fn(&str) -> String) -> String {
        let license = license_fingerprint("lic_1");
        change(&format!(
            r#"{{"schema":1,"cluster":"{CLUSTER}","product":"Acme","version":"1.0","licenses":["{license}"],"nodes":3,"features":["audit","sso"]}}"#
        ))
    }

    fn with(from: &'static str, to: &'static str) -> Result<Beat, BeatError> {
        let changed = text(|beat| {
            assert!(beat.contains(from), "{from}");
            beat.replacen(from, to, 1)
        });
        Beat::read(changed.as_bytes())
    }

    #[test]
    fn what_is_written_is_read() {
        let body = text(str::to_owned);
        let beat = Beat::read(body.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&beat).unwrap(), body);
        assert_eq!((beat.nodes(), beat.cluster()), (3, CLUSTER));
    }

    #[test]
    fn what_is_no_beat_is_refused() {
        for (from, to, field) in [
            ("\"schema\":1", "\"schema\":2", "schema"),
            ("0123", "012x", "cluster"),
            ("abcdef\"", "ABCDEF\"", "cluster"),
            ("Acme", "", "product"),
            ("Acme", "A\\u0007", "product"),
            ("1.0", "", "version"),
            ("sha256:", "sha512:", "licenses"),
            ("\"nodes\":3", "\"nodes\":1000001", "nodes"),
            ("[\"audit\",\"sso\"]", "[\"sso\",\"audit\"]", "features"),
            ("[\"audit\",\"sso\"]", "[\"sso\",\"sso\"]", "features"),
            ("[\"audit\",\"sso\"]", "[\"\"]", "features"),
        ] {
            assert_eq!(with(from, to), Err(BeatError::Field { field }), "{to}");
        }
        for (from, to) in [
            ("\"nodes\":3", "\"nodes\":-1"),
            ("\"nodes\":3", "\"nodes\":\"3\""),
            ("\"nodes\":3", "\"nodes\":3,\"nodes\":3"),
            ("\"nodes\":3", "\"nodes\":3,\"host\":\"x\""),
            ("\"nodes\":3,", ""),
            ("]}", "]} "),
        ] {
            // White space at the end is fine, all else is not.
            assert_eq!(with(from, to).is_err(), to != "]} ", "{to}");
        }
        assert_eq!(Beat::read(b""), Err(BeatError::Json));
        assert_eq!(
            Beat::read(&[b' '; MOST_BEAT_BYTES + 1]),
            Err(BeatError::TooLarge)
        );
        let deep = "[".repeat(MOST_BEAT_BYTES);
        assert_eq!(Beat::read(deep.as_bytes()), Err(BeatError::Json));
    }

    #[cfg(feature = "client")]
    proptest::proptest! {
        #[test]
        fn whatever_is_told_makes_a_beat_that_can_be_read(
            ids: Vec<String>, nodes: u32, features in proptest::collection::vec(".{0,4}|a{120,140}", 0..300),
        ) {
            let beat = Beat::new(CLUSTER, ("Acme", "1.0"), &ids, nodes, features);
            let body = serde_json::to_vec(&beat).unwrap();
            proptest::prop_assert_eq!(Beat::read(&body), Ok(beat));
        }
    }
}
