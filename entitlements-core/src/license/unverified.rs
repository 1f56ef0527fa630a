//! A look into a key that nobody has vouched for.

use super::token::{Header, Parts, TokenKind, decode, object};
use super::{Algorithm, LicenseError, LicenseErrorKind};
use crate::strict::json::Value;

/// What a license key claims, **unverified**: anybody can write such a text, and no decision may rest on it.
///
/// It exists to be shown to a person who asks why a key is refused, and marked as unverified where it is shown. The
/// signature is not checked, no key is needed, no claim is interpreted. [`LicenseVerifier`](super::LicenseVerifier) is
/// what tells whether a key is genuine; nothing takes an `UnverifiedToken` in place of a [`License`](super::License).
///
/// ```
/// use entitlements_core::license::UnverifiedToken;
///
/// // {"alg":"none"} . {"sub":"anybody"} . no signature at all
/// let token = UnverifiedToken::read("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbnlib2R5In0.")?;
/// assert_eq!(token.header(), [("alg".to_owned(), "\"none\"".to_owned())]);
/// assert_eq!(token.claims(), [("sub".to_owned(), "\"anybody\"".to_owned())]);
/// assert_eq!(token.signature_bytes(), 0);
/// # Ok::<(), entitlements_core::LicenseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedToken {
    header: Vec<(String, String)>,
    claims: Vec<(String, String)>,
    signature_bytes: usize,
    header_faults: Vec<LicenseError>,
}

impl UnverifiedToken {
    /// Takes the exact compact form apart, without believing any of it.
    ///
    /// The form is read as strictly as a verifier reads it. What only a verifier refuses, such as a `crit` or an `alg`
    /// that no key has, is let through, because that is what one wants to see.
    ///
    /// # Errors
    /// When it is not three parts of canonical base64url of which the first two are strict JSON objects; the kinds are
    /// those that a verifier gives for the same fault.
    pub fn read(token: &str) -> Result<Self, LicenseError> {
        let parts = Parts::split(token, TokenKind::License)?;
        let header = decode(parts.header)?;
        let header = object(&header)?;
        let payload = decode(parts.payload)?;
        let signature_bytes = decode(parts.signature)?.len();
        Ok(Self {
            claims: members(&object(&payload)?),
            signature_bytes,
            header_faults: header_faults(&header).map(LicenseError::new).collect(),
            header: members(&header),
        })
    }

    /// The header's members in the order of the text: names, and values as JSON. Unverified.
    #[must_use]
    pub fn header(&self) -> &[(String, String)] {
        &self.header
    }

    /// The payload's members in the order of the text: names, and values as JSON. Unverified.
    #[must_use]
    pub fn claims(&self) -> &[(String, String)] {
        &self.claims
    }

    /// How long the signature is, whatever it is a signature of.
    #[must_use]
    pub const fn signature_bytes(&self) -> usize {
        self.signature_bytes
    }

    /// What every verifier refuses this header for. That there is nothing is no sign that the key is genuine.
    #[must_use]
    pub fn header_faults(&self) -> &[LicenseError] {
        &self.header_faults
    }
}

fn members(object: &Value<'_>) -> Vec<(String, String)> {
    let members = object.as_object().unwrap_or_default();
    members
        .iter()
        .map(|(name, value)| (name.clone().into_owned(), value.to_string()))
        .collect()
}

/// What any trusted key can have.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::Ed25519, Algorithm::Rs512];

fn header_faults(header: &Value<'_>) -> impl Iterator<Item = LicenseErrorKind> {
    let alg = header.get("alg").and_then(Value::as_str);
    let is_known = |alg| ALGORITHMS.iter().any(|known| known.is_named(alg));
    let unknown = alg.is_some_and(|alg| !is_known(alg));
    Header::faults(header, TokenKind::License).chain(unknown.then_some(LicenseErrorKind::Algorithm))
}

#[cfg(test)]
mod tests {
    use super::UnverifiedToken;
    use crate::license::LicenseErrorKind::{self, *};
    use crate::license::MAX_TOKEN_BYTES;
    use crate::strict::base64url::encode;

    fn token(header: &str, payload: &str) -> String {
        format!(
            "{}.{}.c2ln",
            encode(header.as_bytes()),
            encode(payload.as_bytes())
        )
    }

    fn refusal(token: &str) -> Option<LicenseErrorKind> {
        UnverifiedToken::read(token).err().map(|error| error.kind())
    }

    fn faults(header: &str) -> Vec<LicenseErrorKind> {
        let token = UnverifiedToken::read(&token(header, "{}")).unwrap();
        token
            .header_faults()
            .iter()
            .map(|error| error.kind())
            .collect()
    }

    #[test]
    fn shows_members_in_the_order_of_the_text() {
        let shown = token(
            r#"{"typ":"JWT","alg":"EdDSA"}"#,
            r#"{"z":1e400, "a":{"b":[null]}, "\u0062":""}"#,
        );
        let shown = UnverifiedToken::read(&shown).unwrap();
        let names = |members: &[(String, String)]| -> Vec<String> {
            members
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect()
        };
        assert_eq!(names(shown.header()), [r#"typ="JWT""#, r#"alg="EdDSA""#]);
        assert_eq!(
            names(shown.claims()),
            ["z=1e400", r#"a={"b":[null]}"#, r#"b="""#]
        );
        assert_eq!(shown.signature_bytes(), 3);
        assert_eq!(shown.header_faults(), []);
    }

    #[test]
    fn a_form_that_a_verifier_refuses_is_refused_for_the_same_reason() {
        let ok = token("{}", "{}");
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(32), "]".repeat(32));
        for (token, kind) in [
            ("x".repeat(MAX_TOKEN_BYTES + 1), TooLong),
            (String::new(), Malformed),
            ("e30.e30".to_owned(), Malformed),
            (format!("{ok}.e30"), Malformed),
            (format!("{ok}="), Encoding),
            (format!(" {ok}"), Encoding),
            (token("{", "{}"), Json),
            (token("{}", "{} {}"), Json),
            (token("{}", r#"{"a":1,"\u0061":2}"#), DuplicateMember),
            (token(r#"{"a":{"b":1,"b":2}}"#, "{}"), DuplicateMember),
            (token("{}", &deep), Depth),
            (token("[]", "{}"), NotAnObject),
            (token("{}", "null"), NotAnObject),
        ] {
            assert_eq!(refusal(&token), Some(kind), "{kind:?}");
        }
        assert_eq!(refusal(&ok), None);
        assert_eq!(refusal("e30.e30."), None);
    }

    #[test]
    fn says_all_that_a_verifier_would_refuse_in_the_header() {
        for (header, expected) in [
            (r#"{"alg":"EdDSA"}"#, &[][..]),
            (r#"{"alg":"RS512","typ":"license+jwt","kid":"k"}"#, &[]),
            (r#"{"alg":"none"}"#, &[Algorithm]),
            (r#"{"alg":7}"#, &[Algorithm]),
            ("{}", &[Algorithm]),
            (
                r#"{"alg":"EdDSA","crit":[],"b64":false}"#,
                &[HeaderParameter],
            ),
            (r#"{"alg":"EdDSA","typ":"at+jwt"}"#, &[TokenType]),
            (r#"{"alg":"EdDSA","kid":""}"#, &[KeyId]),
            (
                r#"{"alg":"HS256","typ":1,"kid":1,"zip":1}"#,
                &[HeaderParameter, TokenType, KeyId, Algorithm],
            ),
        ] {
            assert_eq!(faults(header), expected, "{header}");
        }
    }
}
