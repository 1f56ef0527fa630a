//! What is public and the same for everybody, for as long as the process runs.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, ETAG, HeaderValue};
use http::{HeaderMap, StatusCode};

use crate::etag::EntityTag;
use crate::respond::{self, Answer};

/// Five minutes: what is public here changes with a new version of the product alone, and pages that show it should not be hours late.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// A text in JSON, and its entity tag.
#[derive(Debug)]
pub(crate) struct Document {
    text: Bytes,
    tag: EntityTag,
}

impl Document {
    pub(crate) fn new(json: String) -> Self {
        Self {
            tag: EntityTag::of_text(json.as_bytes()),
            text: json.into(),
        }
    }

    /// 200, or 304 for whoever has it.
    pub(crate) fn answer(&self, headers: &HeaderMap) -> Answer {
        let mut answer = if self.tag.is_in(headers) {
            respond::empty(StatusCode::NOT_MODIFIED)
        } else {
            respond::text(self.text.clone())
        };
        let headers = answer.headers_mut();
        headers.insert(CACHE_CONTROL, KEPT);
        if let Ok(tag) = HeaderValue::from_str(self.tag.as_str()) {
            headers.insert(ETAG, tag);
        }
        answer
    }
}
