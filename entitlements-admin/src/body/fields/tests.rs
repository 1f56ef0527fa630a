use super::*;

fn errors(body: &str) -> Vec<(String, String)> {
    let read = Fields::read(body.as_bytes()).and_then(|mut fields| {
        fields.string("key");
        fields.finish()
    });
    match read {
        Err(Refusal::Invalid(errors)) => errors
            .into_iter()
            .map(|error| (error.field, error.message))
            .collect(),
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn every_wrong_field_is_told() {
    let fields = |body| {
        errors(body)
            .into_iter()
            .map(|(field, _)| field)
            .collect::<Vec<_>>()
    };
    assert_eq!(fields("{}"), ["key"]);
    assert_eq!(fields(r#"{"key":null}"#), ["key"]);
    assert_eq!(
        fields(r#"{"b":1,"key":5,"a":{"key":"x"}}"#),
        ["key", "b", "a"]
    );
    assert_eq!(fields(r#"{"key":"x","Key":"x","":1}"#), ["Key", ""]);
    assert_eq!(fields(r#"["key"]"#), [""]);
}

#[test]
fn the_message_says_what_is_wrong() {
    assert_eq!(errors("{}")[0].1, "must be there");
    assert_eq!(
        errors(r#"{"key":5}"#)[0].1,
        "must be a string, and is a number"
    );
    assert_eq!(
        errors(r#"{"key":"","x":1}"#)[0].1,
        "is not a field of this body"
    );
    assert_eq!(
        errors("3")[0].1,
        "the body must be an object, and is a number"
    );
}

#[test]
fn a_long_name_is_shortened() {
    let body = |length: usize| format!(r#"{{"key":"x","{}":1}}"#, "é".repeat(length));
    assert_eq!(errors(&body(64))[0].0, "é".repeat(64));
    assert_eq!(errors(&body(65))[0].0, "é".repeat(64) + "…");
}

fn fields(body: &str) -> Fields<'_> {
    Fields::read(body.as_bytes()).unwrap()
}

fn messages(fields: Fields<'_>) -> Vec<(String, String)> {
    match fields.finish() {
        Err(Refusal::Invalid(errors)) => errors
            .into_iter()
            .map(|error| (error.field, error.message))
            .collect(),
        Ok(()) => Vec::new(),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn absent_null_and_a_value_are_three_things() {
    let body = r#"{"n":null,"s":"x","i":18446744073709551615,"l":["a","b"],"t":"2027-01-31T13:00:00+01:00","e":[]}"#;
    let mut fields = fields(body);
    assert_eq!(fields.optional_string("gone"), Sent::Absent);
    assert_eq!(fields.optional_integer("n"), Sent::Null);
    assert_eq!(fields.optional_integer("n"), Sent::Absent);
    assert_eq!(fields.optional_string("s"), Sent::Value("x".into()));
    assert_eq!(fields.optional_integer("i"), Sent::Value(u64::MAX));
    assert_eq!(
        fields.optional_strings("l"),
        Sent::Value(vec!["a".into(), "b".into()])
    );
    assert_eq!(fields.optional_strings("e"), Sent::Value(Vec::new()));
    let time = "2027-01-31T12:00:00Z".parse().unwrap();
    assert_eq!(fields.optional_time("t"), Sent::Value(time));
    assert!(fields.finish().is_ok());
}

#[test]
fn integers_are_plain_and_fit() {
    for number in [
        "-1",
        "1.0",
        "1e3",
        "-0",
        "18446744073709551616",
        "99999999999999999999999999999999999999999999",
    ] {
        let body = format!(r#"{{"i":{number}}}"#);
        let mut fields = fields(&body);
        assert_eq!(fields.optional_integer("i"), Sent::Absent, "{number}");
        let message = "must be an integer from 0 to 18446744073709551615, and is another number";
        assert_eq!(messages(fields), [("i".into(), message.into())], "{number}");
    }
}

#[test]
fn wrong_types_are_told_and_nothing_of_what_was_sent() {
    let body = r#"{"i":"1","s":1,"l":"a","m":["a",1],"t":"tomorrow","u":5,"b":"true","c":null}"#;
    let mut fields = fields(body);
    fields.optional_integer("i");
    fields.optional_string("s");
    fields.optional_strings("l");
    fields.optional_strings("m");
    fields.optional_time("t");
    fields.optional_time("u");
    assert_eq!((fields.boolean("b"), fields.boolean("c")), (None, None));
    fields.boolean("d");
    fields.require("v");
    let expected = [
        (
            "i",
            "must be an integer from 0 to 18446744073709551615, and is a string",
        ),
        ("s", "must be a string, and is a number"),
        ("l", "must be an array of strings, and is a string"),
        (
            "m",
            "must be an array of strings, and is an array of something else",
        ),
        (
            "t",
            "must be a time such as `2027-01-31T12:00:00Z`, and is another string",
        ),
        (
            "u",
            "must be a time such as `2027-01-31T12:00:00Z`, and is a number",
        ),
        ("b", "must be a boolean, and is a string"),
        ("c", "must be a boolean, and is null"),
        ("d", "must be there"),
        ("v", "must be there"),
    ];
    let expected = expected.map(|(field, message)| (field.to_owned(), message.to_owned()));
    assert_eq!(messages(fields), expected);
}

#[test]
fn a_field_that_is_there_is_seen_until_it_is_taken() {
    let mut fields = fields(r#"{"b":false}"#);
    assert!(fields.has("b") && !fields.has("c"));
    fields.require("b");
    assert_eq!(fields.boolean("b"), Some(false));
    assert!(!fields.has("b"));
    fields.refuse("b", "must be true");
    assert_eq!(messages(fields), [("b".into(), "must be true".into())]);
}
