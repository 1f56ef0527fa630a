use entitlements_outbound::heartbeat::license_fingerprint;
use serde_json::{Value, json};

use super::*;

const DAY: Duration = Duration::from_secs(86_400);

fn day(day: u32) -> Timestamp {
    let start: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
    start.saturating_add_days(day)
}

fn beat(license: &str, cluster: u32, nodes: u32) -> Beat {
    let body = json!({
        "schema": 1, "cluster": format!("{cluster:032x}"), "product": "Acme", "version": "1.0",
        "licenses": [license_fingerprint(license)], "nodes": nodes, "features": ["sso"],
    });
    Beat::read(body.to_string().as_bytes()).unwrap()
}

fn ledger() -> Ledger {
    Ledger::new(DAY * 30, None)
}

fn report(ledger: &mut Ledger, now: Timestamp) -> Value {
    serde_json::to_value(ledger.report(now)).unwrap()
}

fn flags(ledger: &mut Ledger, now: Timestamp) -> Value {
    report(ledger, now)["licenses"][0]["flags"].clone()
}

#[test]
fn one_cluster_is_as_it_should_be_however_often_it_beats() {
    let mut ledger = ledger();
    for at in 0..20 {
        assert_eq!(ledger.take(&beat("lic_1", 1, 3), day(at)), Taken::Whole);
    }
    let report = report(&mut ledger, day(20));
    let license = &report["licenses"][0];
    assert_eq!(license["flags"], json!([]));
    assert_eq!(license["license"], license_fingerprint("lic_1"));
    let cluster = &license["clusters"][0];
    assert_eq!(cluster["first_seen"], "2027-01-01T00:00:00Z");
    assert_eq!(cluster["last_seen"], "2027-01-20T00:00:00Z");
    assert_eq!(
        (&cluster["nodes"], &cluster["version"]),
        (&json!(3), &json!("1.0"))
    );
}

#[test]
fn two_clusters_are_flagged_and_a_move_is_told_from_two_at_once() {
    let mut moved = ledger();
    moved.take(&beat("lic_1", 1, 1), day(0));
    moved.take(&beat("lic_1", 1, 1), day(3));
    moved.take(&beat("lic_1", 2, 1), day(4));
    assert_eq!(flags(&mut moved, day(5)), json!(["several_clusters"]));
    // The first one again: it had not moved.
    moved.take(&beat("lic_1", 1, 1), day(5));
    let both = json!(["several_clusters", "several_clusters_at_once"]);
    assert_eq!(flags(&mut moved, day(5)), both);
    // What is older than the window is forgotten: before, at, after.
    let begin = day(4).saturating_add(DAY * 30);
    let second = Duration::from_secs(1);
    assert_eq!(flags(&mut moved, begin.saturating_sub(second)), both);
    assert_eq!(flags(&mut moved, begin), both);
    assert_eq!(flags(&mut moved, begin.saturating_add(second)), json!([]));
    let report = report(&mut moved, day(36));
    assert_eq!(report["licenses"], json!([]));
}

#[test]
fn what_was_sold_is_what_is_allowed_and_nobody_else_takes_room() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sold.csv");
    std::fs::write(&file, "license,clusters,nodes\nlic_1,2,5\n").unwrap();
    let mut ledger = Ledger::new(DAY * 30, Some(Sold::read(&file).unwrap()));
    ledger.take(&beat("lic_1", 1, 3), day(0));
    ledger.take(&beat("lic_1", 2, 2), day(0));
    assert_eq!(
        ledger.take(&beat("lic_made_up", 3, 1), day(0)),
        Taken::Whole
    );
    let before = report(&mut ledger, day(1));
    assert_eq!(before["licenses"].as_array().unwrap().len(), 1);
    assert_eq!(before["licenses"][0]["id"], "lic_1");
    assert_eq!(before["licenses"][0]["flags"], json!([]));
    assert_eq!(before["licenses"][0]["nodes_at_once"], 5);
    ledger.take(&beat("lic_1", 2, 3), day(1));
    assert_eq!(flags(&mut ledger, day(1)), json!(["too_many_nodes"]));
}

#[test]
fn a_flood_of_made_up_clusters_is_bounded_and_pushes_nobody_out() {
    let mut ledger = ledger();
    ledger.take(&beat("lic_1", 0, 7), day(0));
    for cluster in 1..=10_000 {
        ledger.take(&beat("lic_1", cluster, 1), day(1));
    }
    assert_eq!(ledger.take(&beat("lic_1", 0, 8), day(2)), Taken::Whole);
    let report = report(&mut ledger, day(2));
    let license = &report["licenses"][0];
    assert_eq!(license["clusters"].as_array().unwrap().len(), MOST_CLUSTERS);
    assert_eq!(license["clusters"][0]["nodes"], 8, "the real one");
    assert!(
        license["flags"]
            .as_array()
            .unwrap()
            .contains(&json!("more_clusters"))
    );
    assert_eq!(report["refused"], 10_001 - MOST_CLUSTERS);
    // It ends with the window.
    ledger.take(&beat("lic_1", 0, 8), day(32));
    assert_eq!(flags(&mut ledger, day(32)), json!([]));
}

#[test]
fn a_flood_of_made_up_licenses_is_bounded_and_pushes_nobody_out() {
    let mut ledger = ledger();
    ledger.take(&beat("lic_1", 0, 7), day(0));
    for license in 0..=MOST_SEEN {
        ledger.take(&beat(&format!("made_up_{license}"), 1, 1), day(1));
    }
    assert_eq!(ledger.pairs, MOST_SEEN);
    assert_eq!(ledger.refused, 2);
    assert_eq!(ledger.take(&beat("lic_1", 0, 8), day(2)), Taken::Whole);
    assert_eq!(ledger.take(&beat("lic_2", 0, 8), day(2)), Taken::NoRoom);
    // There is room again when they are old.
    assert_eq!(ledger.take(&beat("lic_2", 0, 8), day(32)), Taken::Whole);
    assert_eq!(ledger.pairs, 2);
}

#[test]
fn a_clock_that_is_set_back_loses_nothing() {
    let mut ledger = ledger();
    ledger.take(&beat("lic_1", 1, 1), day(100));
    ledger.take(&beat("lic_1", 1, 1), day(10));
    let report = report(&mut ledger, day(10));
    let cluster = &report["licenses"][0]["clusters"][0];
    assert_eq!(cluster["first_seen"], cluster["last_seen"]);
}
