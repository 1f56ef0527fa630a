use std::fmt::{self, Display, Write};

use super::Value;

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

    /// Adds an array of numbers that display as JSON numbers.
    pub fn numbers<N: Into<i128> + Display>(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = N>,
    ) -> &mut Self {
        self.name(name);
        self.text.push('[');
        for (index, value) in values.into_iter().enumerate() {
            let before = if index == 0 { "" } else { "," };
            // Writing to a string cannot fail.
            let _ = write!(self.text, "{before}{value}");
        }
        self.text.push(']');
        self
    }

    /// Adds an object.
    pub fn object(&mut self, name: &str, value: Self) -> &mut Self {
        self.display(name, value.finish())
    }

    /// Adds an array of objects.
    pub fn objects(&mut self, name: &str, values: impl IntoIterator<Item = Self>) -> &mut Self {
        self.name(name);
        self.text.push('[');
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            self.text.push_str(&value.finish());
        }
        self.text.push(']');
        self
    }

    /// Adds a string, or null where there is none.
    pub fn string_or_null(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.string(name, value),
            None => self.null(name),
        }
    }

    /// Adds a number, or null where there is none.
    pub fn number_or_null(
        &mut self,
        name: &str,
        value: Option<impl Into<i128> + Display>,
    ) -> &mut Self {
        match value {
            Some(value) => self.number(name, value),
            None => self.null(name),
        }
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

/// JSON, compactly: numbers as they were written, strings with no more escapes than they need.
impl Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(number) => f.write_str(number.as_str()),
            Self::String(text) => f.write_str(&string(text)),
            Self::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index == 0 { "[" } else { "," })?;
                }
                f.write_str(if items.is_empty() { "[]" } else { "]" })
            }
            Self::Object(members) => {
                for (index, (name, value)) in members.iter().enumerate() {
                    let before = if index == 0 { "{" } else { "," };
                    write!(f, "{before}{}:{value}", string(name))?;
                }
                f.write_str(if members.is_empty() { "{}" } else { "}" })
            }
        }
    }
}

fn string(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    write_string(&mut text, value);
    text
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

    #[test]
    fn a_value_displays_as_it_was_written() {
        for text in [
            "null",
            "[]",
            "{}",
            r#"{"a":[1,-0,5.0,1e400,true,false,null],"b":{"c":"\\\"\n\u0001é"},"":[[],{}]}"#,
        ] {
            assert_eq!(read(text.as_bytes()).unwrap().to_string(), text);
        }
        let spaced = read(br#" { "a" : [ 1 , 2 ] , "\u0062" : "\u0063\/" } "#).unwrap();
        assert_eq!(spaced.to_string(), r#"{"a":[1,2],"b":"c/"}"#);
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
