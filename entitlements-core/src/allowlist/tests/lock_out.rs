//! Who is inside stays inside (W9), and after a downgrade nothing grows (W5, W8).

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const OFFICE_HALF: &str = "192.0.2.0/25";

#[test]
fn w9_a_change_that_locks_the_caller_out_is_refused_unless_it_is_forced() {
    let office_and_home = list(&[("office", OFFICE), ("home", HOME)]);
    let nothing = Allowlist::default();
    let off = Allowlist::new([entry("office", OFFICE).switched_off()]);
    let address = HOME.parse().unwrap();
    for (change, list) in [
        (add(OFFICE), &nothing),
        (active("office", true), &off),
        (active("home", false), &office_and_home),
        (AllowlistChange::remove("home"), &office_and_home),
        (range_of("home", "198.51.100.8"), &office_and_home),
    ] {
        for by in [by(HOME), by("::ffff:198.51.100.7")] {
            assert_eq!(
                refused(&change, list, by),
                AllowlistRefusal::LocksOut { address }
            );
            assert!(!allows(&done(&change, list, forced(by)), HOME));
        }
    }
    // Forcing forces nothing else.
    let by = forced(downgraded(by(HOME)));
    assert_eq!(
        refused(&add(OFFICE), &nothing, by),
        AllowlistRefusal::FeatureRequired
    );
}

#[test]
fn w9_who_is_outside_is_not_locked_out_by_a_change() {
    let list = list(&[("office", OFFICE), ("branch", "203.0.113.0/24")]);
    for change in [
        add("10.0.0.0/8"),
        active("branch", false),
        AllowlistChange::remove("office"),
    ] {
        assert!(!allows(&done(&change, &list, by(HOME)), HOME));
    }
}

#[test]
fn w9_without_an_address_nothing_is_narrowed_unless_it_is_forced() {
    let list = list(&[("a", OFFICE), ("b", "192.0.2.0/25"), ("c", HOME)]);
    let last = Allowlist::new([entry("a", OFFICE)]);
    let nowhere = by("nowhere");
    assert_eq!(nowhere.address, None);
    for (change, list) in [
        (add(OFFICE), &Allowlist::default()),
        (active("c", false), &list),
        (AllowlistChange::remove("a"), &list),
        (range_of("c", "10.0.0.0/8"), &list),
    ] {
        assert_eq!(
            refused(&change, list, nowhere),
            AllowlistRefusal::AddressUnknown
        );
        done(&change, list, forced(nowhere));
    }
    for (change, list) in [
        (add("10.0.0.0/8"), &list),
        (AllowlistChange::remove("b"), &list),
        (described("a", "office"), &list),
        // Nothing is restricted then.
        (AllowlistChange::remove("a"), &last),
        (active("a", false), &last),
    ] {
        assert_ne!(done(&change, list, nowhere), *list);
    }
    // An entry for each kind of address may be all that there is.
    let all_v4 = Allowlist::new([entry("v4", "0.0.0.0/0"), entry("v6", "::/0")]);
    let with_off = Allowlist::new([
        entry("v6", "::/0").switched_off(),
        entry("v4", "0.0.0.0/0").switched_off(),
    ]);
    assert!(all_v4.allows_all_of(&with_off) && with_off.allows_all_of(&all_v4));
}

#[test]
fn w9_what_was_made_says_what_was_there_and_whether_it_was_insisted_on() {
    let before = std::sync::Arc::new(list(&[("office", OFFICE), ("home", HOME)]));
    let made = |change: AllowlistChange, by| change.applied_to(&before, &by).unwrap();
    let away = by("203.0.113.1");
    for (change, by, was_there, is_forced) in [
        (add("10.0.0.0/8"), away, None, false),
        (add("10.0.0.0/8"), forced(away), None, false),
        (range_of("home", OFFICE_HALF), away, Some("home"), false),
        (
            AllowlistChange::remove("home"),
            forced(away),
            Some("home"),
            false,
        ),
        (
            AllowlistChange::remove("home"),
            forced(by(HOME)),
            Some("home"),
            true,
        ),
        (
            active("home", false),
            forced(by("nowhere")),
            Some("home"),
            true,
        ),
        (
            described("home", "at home"),
            forced(by("nowhere")),
            Some("home"),
            false,
        ),
        // It is so already.
        (active("home", true), forced(by(HOME)), None, false),
    ] {
        let made = made(change.clone(), by);
        let was = was_there.and_then(|id| before.entry(id)).cloned();
        assert_eq!(
            (made.before, made.is_forced),
            (was, is_forced),
            "{change:?}"
        );
    }
}

fn changes() -> impl Strategy<Value = Vec<AllowlistChange>> {
    let range = (0_u32..16, 28_u8..=32).prop_map(|(at, bits)| {
        let low = u32::MAX.checked_shr(bits.into()).unwrap_or(0);
        let first = std::net::Ipv4Addr::from_bits((0x0a00_0000 + at) & !low);
        format!("{first}/{bits}")
    });
    let id = (0_usize..5).prop_map(|n| format!("id{n}"));
    let change = (
        id,
        proptest::option::of(range),
        proptest::option::of(any::<bool>()),
        any::<bool>(),
    );
    vec(change, 0..40).prop_map(|changes| {
        let change = |(id, ip_range, is_active, removes): (String, _, _, bool)| {
            if removes {
                AllowlistChange::remove(id)
            } else {
                let description = None;
                AllowlistChange::change(
                    id,
                    EntryPatch {
                        ip_range,
                        description,
                        is_active,
                    },
                )
            }
        };
        changes.into_iter().map(change).collect()
    })
}

proptest! {
    /// W8: after a downgrade no entry ever holds an address that it did not hold, or is switched on; W9: who was inside stays inside.
    #[test]
    fn w5_w8_w9_a_downgraded_account_only_lets_go(changes in changes(), at in 0_u32..16) {
        let ids = ["id0", "id1", "id2", "id3", "id4"];
        let ranges = ["10.0.0.0/28", "10.0.0.0/29", "10.0.0.8/30", "10.0.0.1/32", "10.0.0.14/31"];
        let start = Allowlist::new(ids.iter().zip(ranges).map(|(id, range)| entry(id, range)));
        let address = std::net::Ipv4Addr::from_bits(0x0a00_0000 + at).into();
        let by = ChangedBy { is_entitled: false, address: Some(address), may_lock_out: false };
        let mut now = start.clone();
        for change in changes {
            let Ok(Some(change)) = change.judge(&now, &by) else { continue };
            now = now.with(&change);
            prop_assert!(now.allows(address));
            for entry in now.entries() {
                let first = start.entry(&entry.id).unwrap();
                prop_assert!(first.ip_range.covers(&entry.ip_range));
            }
        }
    }
}
