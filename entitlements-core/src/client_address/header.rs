use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::forwarded::is_token;
use crate::strict::text::escaped_start;

const X_FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED: &str = "forwarded";

/// The one header that is believed (X4).
///
/// Its name says how it is read: `X-Forwarded-For` and `Forwarded` are lists, all others have a single address.
///
/// ```
/// use entitlements_core::client_address::ForwardedHeader;
///
/// let header: ForwardedHeader = "X-Forwarded-For".parse()?;
/// assert_eq!(header, ForwardedHeader::x_forwarded_for());
/// assert_eq!("X-Real-IP".parse::<ForwardedHeader>()?.name(), "x-real-ip");
/// # Ok::<(), entitlements_core::client_address::HeaderNameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardedHeader {
    form: Form,
    /// Lower case.
    name: Cow<'static, str>,
}

/// How a header is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A list of addresses.
    List,
    /// A list of elements of RFC 7239.
    Forwarded,
    /// One address.
    Single,
}

impl ForwardedHeader {
    /// `X-Forwarded-For`, a list that each proxy adds its client to.
    #[must_use]
    pub const fn x_forwarded_for() -> Self {
        Self {
            form: Form::List,
            name: Cow::Borrowed(X_FORWARDED_FOR),
        }
    }

    /// `Forwarded` of RFC 7239.
    #[must_use]
    pub const fn forwarded() -> Self {
        Self {
            form: Form::Forwarded,
            name: Cow::Borrowed(FORWARDED),
        }
    }

    /// The name, in lower case.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn form(&self) -> Form {
        self.form
    }
}

impl Default for ForwardedHeader {
    /// `X-Forwarded-For`, because that is what proxies send unless told otherwise.
    fn default() -> Self {
        Self::x_forwarded_for()
    }
}

impl FromStr for ForwardedHeader {
    type Err = HeaderNameError;

    fn from_str(name: &str) -> Result<Self, HeaderNameError> {
        if !is_token(name.as_bytes()) {
            return Err(HeaderNameError {
                name: escaped_start(name, 80),
            });
        }
        let name = name.to_ascii_lowercase();
        Ok(match name.as_str() {
            X_FORWARDED_FOR => Self::x_forwarded_for(),
            FORWARDED => Self::forwarded(),
            _ => Self {
                form: Form::Single,
                name: Cow::Owned(name),
            },
        })
    }
}

/// A text that cannot be the name of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderNameError {
    /// Shortened and safe to print.
    name: String,
}

impl fmt::Display for HeaderNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not the name of a header", self.name)
    }
}

impl std::error::Error for HeaderNameError {}
