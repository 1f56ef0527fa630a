use super::{JsonErrorKind, MAX_DEPTH, read};

fn kind(text: impl AsRef<[u8]>) -> Result<(), JsonErrorKind> {
    read(text.as_ref()).map(drop).map_err(|error| error.kind())
}

#[test]
fn refuses_what_is_not_json() {
    use JsonErrorKind as K;
    for (text, expected) in [
        ("", K::End),
        ("{", K::End),
        ("{\"a\"", K::End),
        ("[1", K::End),
        ("tru", K::End),
        ("\"a", K::End),
        ("{\"a\" 1}", K::Syntax),
        ("[1,]", K::Syntax),
        ("{\"a\":1,}", K::Syntax),
        ("{a:1}", K::Syntax),
        ("'a'", K::Syntax),
        ("NaN", K::Syntax),
        ("nul1", K::Syntax),
        ("// x\n1", K::Syntax),
        ("[1 2]", K::Syntax),
        ("01", K::Number),
        ("-", K::Number),
        ("1.", K::Number),
        ("1e", K::Number),
        ("-a", K::Number),
        ("+1", K::Syntax),
        (".5", K::Syntax),
        ("0x1", K::Trailing),
        ("1 1", K::Trailing),
        ("{}{}", K::Trailing),
        ("\"\n\"", K::String),
        ("\"\\x\"", K::String),
        ("\"\\ud800\"", K::String),
        ("\"\\udc00\"", K::String),
        ("\"\\ud800\\u0041\"", K::String),
        ("\"\\u00g0\"", K::String),
        ("\u{feff}1", K::Encoding),
        ("{\"a\":1,\"a\":1}", K::DuplicateMember),
        ("{\"a\":1,\"\\u0061\":1}", K::DuplicateMember),
        ("[{\"b\":{\"a\":1,\"a\":2}}]", K::DuplicateMember),
        ("\u{a0}1", K::Syntax),
    ] {
        assert_eq!(kind(text), Err(expected), "{text}");
    }
    assert_eq!(kind(b"\"\xff\""), Err(K::Encoding));
    assert_eq!(kind(b"\"\xed\xa0\x80\""), Err(K::Encoding));
}

#[test]
fn many_members_are_still_told_apart() {
    let members: Vec<_> = (0..2000).map(|n| format!("\"m{n}\":{n}")).collect();
    assert_eq!(kind(format!("{{{}}}", members.join(","))), Ok(()));
    for repeated in [0, 5, 12, 13, 1999] {
        let text = format!("{{{},\"m{repeated}\":0}}", members.join(","));
        assert_eq!(
            kind(text),
            Err(JsonErrorKind::DuplicateMember),
            "{repeated}"
        );
    }
}

#[test]
fn depth_counts_the_outermost_as_one() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(kind(nested(MAX_DEPTH)), Ok(()));
    assert_eq!(kind(nested(MAX_DEPTH + 1)), Err(JsonErrorKind::Depth));
    assert_eq!(kind("[".repeat(100_000)), Err(JsonErrorKind::Depth));
    assert_eq!(kind("[[],[],[]]"), Ok(()));
}

#[test]
fn reads_escapes_and_numbers() {
    let value = read(br#"{"a\u0062\ud83d\ude00\/": [1, -5, 5.0, 1e3, -0, 0]}"#).unwrap();
    let (name, items) = &value.as_object().unwrap()[0];
    assert_eq!(name, "ab\u{1f600}/");
    let integers: Vec<_> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item.as_integer())
        .collect();
    assert_eq!(integers, [Some(1), Some(-5), None, None, None, Some(0)]);
}

proptest::proptest! {
    #[test]
    fn never_panics(bytes: Vec<u8>) {
        let _ = read(&bytes);
    }

    #[test]
    fn never_panics_on_near_json(text in r#"[\[\]{}",:0-9a-u\\ .eE+-]{0,60}"#) {
        let _ = read(text.as_bytes());
    }
}
