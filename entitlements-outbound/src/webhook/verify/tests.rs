use super::super::signature::sign;
use super::*;

const NOW: i64 = 1_800_000_000;
const TOLERANCE: Duration = Duration::from_secs(300);

fn secret(byte: u8) -> WebhookSecret {
    WebhookSecret::from_bytes(&[byte; 24]).unwrap()
}

fn check(
    [id, timestamp, signature]: [Option<&'static str>; 3],
    body: &[u8],
    secrets: &[WebhookSecret],
) -> Result<(), VerifyError> {
    let header = |name: &str| match name {
        ID => id,
        TIMESTAMP => timestamp,
        SIGNATURE => signature,
        other => panic!("`{other}` is no header of the scheme"),
    };
    let now = Timestamp::from_unix_seconds(NOW);
    verify(header, body, secrets, now, TOLERANCE).map(|_| ())
}

fn signed(secrets: &[WebhookSecret], timestamp: i64) -> [Option<&'static str>; 3] {
    let signature = sign(secrets, "msg_1", timestamp, b"body");
    [
        Some("msg_1"),
        Some(timestamp.to_string().leak()),
        Some(signature.leak()),
    ]
}

#[test]
fn while_rotating_either_side_may_be_first() {
    let (old, new) = (secret(1), secret(2));
    let both = [new.clone(), old.clone()];
    for (sender, receiver, is_right) in [
        (&both[..], &[old.clone()][..], true),
        (&both, std::slice::from_ref(&new), true),
        (std::slice::from_ref(&old), &both, true),
        (
            std::slice::from_ref(&old),
            std::slice::from_ref(&new),
            false,
        ),
        (&both, &[], false),
    ] {
        let checked = check(signed(sender, NOW), b"body", receiver);
        assert_eq!(checked.is_ok(), is_right, "{sender:?} {receiver:?}");
    }
}

#[test]
fn a_replay_is_refused_before_at_and_after_the_tolerance() {
    let secrets = [secret(1)];
    for (seconds, is_right) in [(-301, false), (-300, true), (300, true), (301, false)] {
        let checked = check(signed(&secrets, NOW + seconds), b"body", &secrets);
        assert_eq!(checked.is_ok(), is_right, "{seconds}");
    }
}

#[test]
fn id_time_and_body_are_all_signed() {
    let secrets = [secret(1)];
    let [id, time, signature] = signed(&secrets, NOW);
    let other_time = Some(&*(NOW + 1).to_string().leak());
    for headers in [
        [Some("msg_2"), time, signature],
        [id, other_time, signature],
    ] {
        assert_eq!(
            check(headers, b"body", &secrets),
            Err(VerifyError::Signature)
        );
    }
    let checked = check([id, time, signature], b"body ", &secrets);
    assert_eq!(checked, Err(VerifyError::Signature));
}

#[test]
fn malformed_headers_are_named() {
    let secrets = [secret(1)];
    let [id, time, signature] = signed(&secrets, NOW);
    let leading_zero: &str = format!("0{NOW}").leak();
    for (headers, expected) in [
        ([None, time, signature], ID),
        ([Some(""), time, signature], ID),
        // `a.1` at 2 and `a` at `1.2` would be signed alike.
        ([Some("msg.1"), time, signature], ID),
        ([id, None, signature], TIMESTAMP),
        ([id, Some("+1800000000"), signature], TIMESTAMP),
        ([id, Some("1e9"), signature], TIMESTAMP),
        ([id, Some("99999999999999999999"), signature], TIMESTAMP),
        ([id, time, None], SIGNATURE),
        ([id, time, Some("")], SIGNATURE),
        ([id, time, Some("v1a,AAAA")], SIGNATURE),
        ([id, time, Some("v1,%%%%")], SIGNATURE),
    ] {
        let error = VerifyError::Header { header: expected };
        assert_eq!(check(headers, b"body", &secrets), Err(error), "{headers:?}");
    }
    // The same number in another spelling is not what was signed.
    let checked = check([id, Some(leading_zero), signature], b"body", &secrets);
    assert_eq!(checked, Err(VerifyError::Signature));
}

proptest::proptest! {
    #[test]
    fn no_header_makes_it_panic(id: String, time: String, signature: String, body: Vec<u8>) {
        let header = |name: &str| match name {
            ID => Some(id.as_str()),
            TIMESTAMP => Some(time.as_str()),
            _ => Some(signature.as_str()),
        };
        let now = Timestamp::from_unix_seconds(NOW);
        proptest::prop_assert!(verify(header, &body, &[secret(1)], now, TOLERANCE).is_err());
    }
}
