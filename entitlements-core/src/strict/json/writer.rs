use std::fmt::{Display, Write};

/// Writes one JSON object, compactly, its members in the order of the calls.
///
/// ```
/// use entitlements_core::strict::json::ObjectWriter;
///
/// let mut object = ObjectWriter::new();
/// object.string("plan", "business").number("used", 3).strings("features", ["sso", "audit"]);
/// assert_eq!(object.finish(), r#"{"plan":"business","used":3,"features":["sso","audit"]}"#);
/// ```
#[derive(Debug, Clone)]
pub struct ObjectWriter {
    text: String,
}

impl Default for ObjectWriter {
    fn default() -> Self {
        Self::new()
    }
}

impl ObjectWriter {
    /// An object without members.
    #[must_use]
    pub fn new() -> Self {
        Self {
            text: String::with_capacity(256),
        }
    }

    /// Adds a string.
    pub fn string(&mut self, name: &str, value: &str) -> &mut Self {
        self.name(name);
        write_string(&mut self.text, value);
        self
    }

    /// Adds a number that displays as a JSON number.
    pub fn number(&mut self, name: &str, value: impl Into<i128> + Display) -> &mut Self {
        self.display(name, value)
    }

    /// Adds `true` or `false`.
    pub fn boolean(&mut self, name: &str, value: bool) -> &mut Self {
        self.display(name, value)
    }

    /// Adds `null`.
    pub fn null(&mut self, name: &str) -> &mut Self {
        self.display(name, "null")
    }

    /// Adds an array of strings.
    pub fn strings<S: AsRef<str>>(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = S>,
    ) -> &mut Self {
        self.name(name);
        self.text.push('[');
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            write_string(&mut self.text, value.as_ref());
        }
        self.text.push(']');
        self
    }

    /// Adds an object.
    pub fn object(&mut self, name: &str, value: Self) -> &mut Self {
        self.display(name, value.finish())
    }

    /// The object as text.
    #[must_use]
    pub fn finish(mut self) -> String {
        if self.text.is_empty() {
            self.text.push('{');
        }
        self.text.push('}');
        self.text
    }

    fn name(&mut self, name: &str) {
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        write_string(&mut self.text, name);
        self.text.push(':');
    }

    fn display(&mut self, name: &str, value: impl Display) -> &mut Self {
        self.name(name);
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{value}");
        self
    }
}

fn write_string(text: &mut String, value: &str) {
    text.push('"');
    if value
        .bytes()
        .all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
    {
        text.push_str(value);
    } else {
        for c in value.chars() {
            match c {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '\0'..='\u{1f}' => {
                    let _ = write!(text, "\\u{:04x}", u32::from(c));
                }
                c => text.push(c),
            }
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::super::{Value, read};
    use super::ObjectWriter;

    #[test]
    fn an_object_without_members_is_an_object() {
        assert_eq!(ObjectWriter::new().finish(), "{}");
    }

    proptest::proptest! {
        #[test]
        fn what_it_writes_reads_back(name: String, value: String) {
            let mut object = ObjectWriter::new();
            object.string(&name, &value);
            let text = object.finish();
            let read = read(text.as_bytes()).unwrap();
            proptest::prop_assert_eq!(read.get(&name).and_then(Value::as_str), Some(&*value));
        }
    }
}
