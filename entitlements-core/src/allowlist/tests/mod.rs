//! What may become of a list (W3, W6 to W8), and in `lock_out.rs` W9.

mod lock_out;

use std::net::IpAddr;

use super::*;
use crate::client_address::Cidr;
use crate::testing::NOW;

const OFFICE: &str = "192.0.2.0/24";
const HOME: &str = "198.51.100.7";

/// An entitled caller at this address, who does not insist.
fn by(address: &str) -> ChangedBy {
    ChangedBy {
        is_entitled: true,
        address: address.parse().ok(),
        may_lock_out: false,
    }
}

const fn forced(mut by: ChangedBy) -> ChangedBy {
    by.may_lock_out = true;
    by
}

const fn downgraded(mut by: ChangedBy) -> ChangedBy {
    by.is_entitled = false;
    by
}

fn entry(id: &str, range: &str) -> AllowlistEntry {
    AllowlistEntry::kept(id, range.parse().unwrap(), "ann", NOW)
}

fn list(entries: &[(&str, &str)]) -> Allowlist {
    Allowlist::new(entries.iter().map(|(id, range)| entry(id, range)))
}

fn add(range: &str) -> AllowlistChange {
    AllowlistChange::add(range, "", "ann", NOW).unwrap()
}

fn range_of(id: &str, range: &str) -> AllowlistChange {
    let ip_range = Some(range.to_owned());
    AllowlistChange::change(
        id,
        EntryPatch {
            ip_range,
            ..EntryPatch::default()
        },
    )
}

fn active(id: &str, is_active: bool) -> AllowlistChange {
    let is_active = Some(is_active);
    AllowlistChange::change(
        id,
        EntryPatch {
            is_active,
            ..EntryPatch::default()
        },
    )
}

fn described(id: &str, description: &str) -> AllowlistChange {
    let description = Some(description.to_owned());
    AllowlistChange::change(
        id,
        EntryPatch {
            description,
            ..EntryPatch::default()
        },
    )
}

fn done(change: &AllowlistChange, list: &Allowlist, by: ChangedBy) -> Allowlist {
    let change = change.judge(list, &by).unwrap();
    change.map_or_else(|| list.clone(), |change| list.with(&change))
}

fn refused(change: &AllowlistChange, list: &Allowlist, by: ChangedBy) -> AllowlistRefusal {
    change.judge(list, &by).unwrap_err()
}

fn allows(list: &Allowlist, address: &str) -> bool {
    list.allows(address.parse().unwrap())
}

#[test]
fn w3_only_active_entries_restrict() {
    let none = Allowlist::default();
    assert!(!none.restricts() && allows(&none, HOME));
    let off = Allowlist::new([entry("a", OFFICE).switched_off()]);
    assert!(!off.restricts() && allows(&off, HOME));
    let on = Allowlist::new([entry("a", OFFICE), entry("b", HOME).switched_off()]);
    assert!(on.restricts() && !allows(&on, HOME) && allows(&on, "192.0.2.255"));
    assert!(allows(&on, "::ffff:192.0.2.255") && !allows(&on, "2001:db8::1"));
}

/// W1: the range of all IPv4 addresses that are written as IPv6 holds none of them, and is an entry all the same.
#[test]
fn w1_an_entry_that_holds_no_address_allows_none() {
    let inert = list(&[("a", "::ffff:0:0/96")]);
    assert!(inert.restricts());
    for address in [HOME, "::ffff:192.0.2.7", "::1"] {
        assert!(!allows(&inert, address), "{address}");
    }
    // Nobody is let in by it, and nobody loses anything with it.
    let both = list(&[("a", "::ffff:0:0/96"), ("b", OFFICE)]);
    assert!(!allows(&both, HOME));
    let without = done(&AllowlistChange::remove("a"), &both, by("nowhere"));
    assert_eq!(without.entries().len(), 1);
    assert!(matches!(
        refused(&add("::ffff:0:0/96"), &Allowlist::default(), by(HOME)),
        AllowlistRefusal::LocksOut { .. }
    ));
}

#[test]
fn w6_entries_are_in_the_order_of_their_ids_which_are_uuids() {
    let (a, b) = (add(OFFICE), add(HOME));
    let later_first = done(&a, &done(&b, &Allowlist::default(), by(HOME)), by(HOME));
    let ids: Vec<_> = later_first
        .entries()
        .iter()
        .map(|entry| &*entry.id)
        .collect();
    assert_eq!(ids, [a.id(), b.id()]);
    for id in ids {
        assert_eq!(uuid::Uuid::parse_str(id).unwrap().get_version_num(), 7);
    }
    let entry = later_first.entry(a.id()).unwrap();
    assert!(entry.is_active);
    assert_eq!((&*entry.created_by, entry.created_at), ("ann", NOW));
}

#[test]
fn w6_a_description_is_short_and_shows_what_it_holds() {
    let adding = |description: &str| AllowlistChange::add(OFFICE, description, "ann", NOW);
    assert!(adding(&"ü".repeat(MOST_DESCRIPTION)).is_ok());
    let most = MOST_DESCRIPTION;
    let too_long = AllowlistRefusal::DescriptionTooLong { most };
    assert_eq!(adding(&"ü".repeat(most + 1)), Err(too_long));
    assert!(adding("می‌خواهم 👩‍💻").is_ok());
    for odd in ["a\nb", "a\u{0}", "\u{202e}cba", "\u{2028}", "\u{feff}"] {
        assert_eq!(
            adding(odd),
            Err(AllowlistRefusal::DescriptionInvisible),
            "{odd:?}"
        );
        let changed = refused(&described("a", odd), &list(&[("a", OFFICE)]), by(HOME));
        assert_eq!(changed, AllowlistRefusal::DescriptionInvisible);
    }
}

#[test]
fn w6_an_account_has_ten_thousand_at_most() {
    let many = (0..MOST_ENTRIES as u32).map(|n| {
        let address = IpAddr::from(std::net::Ipv4Addr::from_bits(0x0a00_0000 + n));
        AllowlistEntry::new(Cidr::from(address), "ann", NOW)
    });
    let full = Allowlist::new(many);
    let most = MOST_ENTRIES;
    let by = by("10.0.0.1");
    assert_eq!(
        refused(&add(OFFICE), &full, by),
        AllowlistRefusal::TooMany { most }
    );
    let id = full.entries().first().unwrap().id.clone();
    let moved = done(&range_of(&id, OFFICE), &full, by);
    let room = done(&AllowlistChange::remove(id), &moved, by);
    assert_eq!(done(&add(HOME), &room, by).entries().len(), most);
}

/// W7: the first no is the answer.
#[test]
fn w7_questions_are_asked_in_order() {
    let list = list(&[("a", OFFICE), ("b", HOME)]);
    let nobody = downgraded(by("203.0.113.1"));
    // Not there, before what it says.
    assert_eq!(
        refused(&range_of("c", "what"), &list, nobody),
        AllowlistRefusal::NotFound
    );
    assert_eq!(
        refused(&AllowlistChange::remove("c"), &list, nobody),
        AllowlistRefusal::NotFound
    );
    // What it says, before who it is.
    assert!(matches!(
        refused(&range_of("a", "what"), &list, nobody),
        AllowlistRefusal::Range(_)
    ));
    assert!(AllowlistChange::add("10.0.0.0/33", "", "ann", NOW).is_err());
    // The feature, before what is there.
    assert_eq!(
        refused(&range_of("a", HOME), &list, nobody),
        AllowlistRefusal::FeatureRequired
    );
    assert_eq!(
        refused(&add(OFFICE), &list, nobody),
        AllowlistRefusal::FeatureRequired
    );
    // What is there, before where the caller is.
    let duplicate = refused(&range_of("a", HOME), &list, by("192.0.2.1"));
    assert_eq!(duplicate, AllowlistRefusal::Duplicate { id: "b".into() });
    assert!(matches!(
        refused(&range_of("a", "10.0.0.0/8"), &list, by("192.0.2.1")),
        AllowlistRefusal::LocksOut { .. }
    ));
}

#[test]
fn w7_a_range_is_there_once_in_whatever_form_and_also_where_it_is_off() {
    let off = Allowlist::new([
        entry("a", OFFICE).switched_off(),
        entry("b", "2001:db8::/32"),
    ]);
    for range in [OFFICE, "::ffff:192.0.2.0/120", "2001:DB8:0::/32"] {
        let refused = refused(&add(range), &off, by(HOME));
        assert!(
            matches!(refused, AllowlistRefusal::Duplicate { .. }),
            "{range}"
        );
    }
    // What overlaps is another range, and an entry is no duplicate of itself.
    done(&add("192.0.2.0/25"), &off, by("2001:db8::1"));
    let same = range_of("a", "::ffff:192.0.2.0/120");
    assert_eq!(same.judge(&off, &by(HOME)), Ok(None));
}

#[test]
fn w7_what_changes_nothing_is_made_by_anybody() {
    let list = list(&[("a", OFFICE)]);
    let nobody = downgraded(by("203.0.113.1"));
    for change in [range_of("a", OFFICE), active("a", true), described("a", "")] {
        assert_eq!(change.judge(&list, &nobody), Ok(None));
    }
    assert_eq!(
        AllowlistChange::change("a", EntryPatch::default()).judge(&list, &nobody),
        Ok(None)
    );
}

/// W8, row by row.
#[test]
fn w8_what_adds_or_widens_needs_the_feature() {
    let list = Allowlist::new([
        entry("wide", "192.0.0.0/16"),
        entry("on", OFFICE),
        entry("off", "198.51.100.0/24").switched_off(),
    ]);
    let off = Allowlist::new([entry("off", OFFICE).switched_off()]);
    let here = by("192.0.2.1");
    let widened_and_off = AllowlistChange::change(
        "on",
        EntryPatch {
            ip_range: Some("192.0.2.0/23".into()),
            is_active: Some(false),
            description: None,
        },
    );
    let narrowed_and_on = AllowlistChange::change(
        "off",
        EntryPatch {
            ip_range: Some("198.51.100.0/25".into()),
            is_active: Some(true),
            description: None,
        },
    );
    for (change, list, says) in [
        (add("203.0.113.0/24"), &list, "adding"),
        (add("192.0.4.0/24"), &list, "adding what others cover"),
        (active("off", true), &list, "switching on"),
        (active("off", true), &off, "switching on the first"),
        (
            range_of("on", "192.0.2.0/23"),
            &list,
            "widening within another entry",
        ),
        (
            range_of("on", "192.0.3.0/24"),
            &list,
            "moving within another entry",
        ),
        (
            range_of("off", "198.51.0.0/16"),
            &list,
            "widening what is off",
        ),
        (
            range_of("on", "2001:db8::/32"),
            &list,
            "another kind of addresses",
        ),
        (widened_and_off, &list, "widening and switching off"),
        (narrowed_and_on, &list, "narrowing and switching on"),
    ] {
        let refused = refused(&change, list, downgraded(here));
        assert_eq!(refused, AllowlistRefusal::FeatureRequired, "{says}");
        assert!(
            change
                .judge(list, &here)
                .is_ok_and(|change| change.is_some()),
            "{says}"
        );
    }
}

#[test]
fn w8_what_takes_away_needs_no_feature() {
    let list = Allowlist::new([
        entry("wide", "192.0.0.0/16"),
        entry("on", OFFICE),
        entry("off", "198.51.100.0/24").switched_off(),
    ]);
    let last = Allowlist::new([entry("on", OFFICE)]);
    let nobody = downgraded(by("192.0.2.1"));
    for (change, list) in [
        (active("on", false), &list),
        (active("on", false), &last),
        (AllowlistChange::remove("on"), &list),
        (AllowlistChange::remove("on"), &last),
        (AllowlistChange::remove("off"), &list),
        (range_of("on", "192.0.2.0/28"), &last),
        (range_of("off", "198.51.100.9"), &list),
        (described("on", "the office"), &list),
    ] {
        assert_ne!(done(&change, list, nobody), *list, "{change:?}");
    }
    // The last one that goes opens everything.
    assert!(allows(&done(&active("on", false), &last, nobody), HOME));
    assert!(allows(
        &done(&AllowlistChange::remove("on"), &last, nobody),
        HOME
    ));
}
