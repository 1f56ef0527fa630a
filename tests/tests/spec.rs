//! The pages of `spec/` and what is built from them say the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet};

use entitlements_core::denial::DenialRow;
use entitlements_tests::{assert_none, root, scenario};

/// The families whose rules scenarios show.
const SHOWN: [char; 8] = ['R', 'D', 'S', 'A', 'U', 'T', 'N', 'Q'];

/// Rules that no request can show, each with a test that does: its file and its name.
const SHOWN_BY_TESTS: &[(&str, &str, &str)] = &[
    (
        "A6",
        "tests/tests/denials.rs",
        "a6_accounts_with_equal_terms_share_one_set",
    ),
    (
        "R10",
        "entitlements-core/tests/accounts/explain.rs",
        "r10_steps_stand_in_the_order_of_the_rules",
    ),
    (
        "R11",
        "entitlements-core/tests/accounts/downgrade.rs",
        "r11_everything_that_falls_is_told",
    ),
    (
        "R11",
        "entitlements-admin/tests/api/explain.rs",
        "a_preview_says_what_would_be_lost_and_be_over",
    ),
    (
        "U14",
        "tests/tests/denials.rs",
        "u14_a_check_denies_one_more_by_what_is_allowed_alone",
    ),
    (
        "U15",
        "entitlements-core/tests/limits/services.rs",
        "u15_a_clock_that_is_set_neither_prolongs_nor_ends_a_reservation",
    ),
    (
        "U15",
        "entitlements-core/tests/limits/leases.rs",
        "u15_a_clock_that_is_set_neither_prolongs_nor_ends_a_lease",
    ),
    (
        "S7a",
        "entitlements-core/tests/life/binding_grace.rs",
        "s7a_a_license_elsewhere_stays_in_force_for_two_weeks_in_all",
    ),
    (
        "S7a",
        "entitlements-core/tests/life/binding_grace.rs",
        "s7a_without_a_place_to_keep_the_first_time_there_is_no_grace",
    ),
    (
        "S8a",
        "entitlements-core/tests/life/files.rs",
        "s14_a_key_file_that_changes_counts_by_itself",
    ),
    (
        "S14",
        "entitlements-core/tests/life/files.rs",
        "s14_a_link_that_is_swapped_in_a_folder_above_is_seen",
    ),
    (
        "S14",
        "entitlements-core/tests/life/files.rs",
        "s14_a_revalidation_brings_nothing_back_that_is_removed_meanwhile",
    ),
    (
        "S15",
        "entitlements-core/tests/life/events.rs",
        "s15_each_thing_that_happens_is_told_once",
    ),
    (
        "T1",
        "entitlements-core/tests/life/clock.rs",
        "t1_a_clock_set_back_brings_nothing_back_not_even_after_a_start",
    ),
    (
        "T2",
        "entitlements-core/tests/life/clock.rs",
        "t2_one_start_in_2099_locks_nobody_out",
    ),
    (
        "T4",
        "entitlements-core/tests/life/clock.rs",
        "t4_it_is_kept_hourly_and_damage_is_told_of",
    ),
    (
        "T5",
        "entitlements-core/tests/life/clock.rs",
        "t5_a_new_key_resets_a_clock_that_was_wrong_for_hours_and_an_old_one_does_not",
    ),
    (
        "N1",
        "entitlements-core/tests/life/notices.rs",
        "n1_each_threshold_is_told_once_with_starts_between",
    ),
    (
        "N2",
        "entitlements-core/tests/life/notices.rs",
        "n2_after_a_long_sleep_the_tightest_alone_is_told",
    ),
    (
        "N3",
        "entitlements-core/tests/life/notices.rs",
        "n3_a_license_that_was_renewed_under_its_id_ends_anew",
    ),
    (
        "N4",
        "entitlements-core/tests/life/notices.rs",
        "n4_a_clock_that_goes_to_and_fro_repeats_nothing_and_one_that_was_years_ahead_silences_nothing",
    ),
    (
        "N5",
        "entitlements-core/tests/engine_log/upkeep.rs",
        "n5_in_grace_the_log_warns_once_a_day",
    ),
    (
        "N6",
        "entitlements-core/tests/life/notices.rs",
        "n6_a_later_license_silences_the_earlier_ones_end",
    ),
    (
        "T3",
        "entitlements-core/src/engine/trusted_time.rs",
        "t3_a_clock_that_is_held_back_by_more_than_a_day_holds_no_license",
    ),
    (
        "S16",
        "entitlements-tower/tests/contract/grace_warning.rs",
        "s16_responses_in_grace_say_when_it_ends",
    ),
    (
        "S16",
        "entitlements-actix/tests/app/grace_warning.rs",
        "s16_responses_in_grace_say_when_it_ends",
    ),
    (
        "Q9",
        "entitlements-core/tests/rates/flood.rs",
        "q9_subjects_that_are_written_alike_are_different",
    ),
    (
        "Q10",
        "entitlements-tower/tests/rate_memory.rs",
        "q10_ever_new_keys_at_a_gate_leave_memory_where_the_cap_says",
    ),
    (
        "Q10",
        "entitlements-core/tests/rates/flood.rs",
        "q10_many_keys_leave_memory_where_the_cap_says",
    ),
    (
        "Q10",
        "entitlements-core/tests/rates/flood.rs",
        "q10_no_flood_frees_a_limited_key",
    ),
    (
        "Q11",
        "entitlements-core/tests/rates/flood.rs",
        "q11_places_that_run_short_become_more",
    ),
    (
        "Q12",
        "entitlements-core/tests/rates/one_key.rs",
        "q12_the_largest_rates_neither_panic_nor_admit_more",
    ),
    (
        "Q24",
        "entitlements-tower/tests/shared_rates.rs",
        "q24_processes_together_admit_what_one_would",
    ),
    (
        "Q24",
        "tests/tests/shared_rates.rs",
        "q24_the_keys_of_whoever_does_not_come_again_go_by_themselves",
    ),
    (
        "Q25",
        "entitlements-tower/tests/shared_rates.rs",
        "q25_a_rate_of_the_program_and_each_user_count_for_themselves",
    ),
    (
        "Q25",
        "entitlements-tower/tests/shared_rates.rs",
        "q25_several_rates_are_all_or_nothing",
    ),
    (
        "Q25",
        "entitlements-core/src/rate/shared/subject_name.rs",
        "q25_subjects_that_differ_have_names_that_differ",
    ),
    (
        "Q26",
        "entitlements-tower/tests/shared_rates.rs",
        "q26_nobody_waits_longer_than_the_budget_and_after_five_nobody_waits",
    ),
    (
        "Q26",
        "entitlements-core/tests/engine_log/shared_rates.rs",
        "q26_one_line_each",
    ),
    (
        "Q26",
        "entitlements-core/tests/metrics/shared_rates.rs",
        "q26_it_is_told_when_the_store_goes_and_when_it_is_back",
    ),
    (
        "Q26",
        "entitlements-core/tests/engine_log/shared_rates.rs",
        "q26_what_cannot_be_read_is_told_once_a_minute",
    ),
    (
        "Q27",
        "entitlements-tower/tests/shared_rates.rs",
        "q27_each_process_lets_pass_its_share",
    ),
    (
        "Q27",
        "entitlements-tower/tests/shared_rates.rs",
        "q27_or_it_denies_or_lets_pass",
    ),
    (
        "Q28",
        "entitlements-tower/tests/shared_rates.rs",
        "q28_an_outage_costs_two_bursts_more",
    ),
    (
        "Q29",
        "entitlements-core/src/rate/shared/presence.rs",
        "q29_more_are_believed_at_once_and_fewer_in_half_a_minute",
    ),
    (
        "Q30",
        "entitlements-tower/tests/shared_rates.rs",
        "q30_most_requests_find_what_was_taken_ahead",
    ),
    (
        "Q30",
        "entitlements-core/src/rate/shared/leases/tests.rs",
        "q30_what_would_be_refilled_by_now_is_not_used",
    ),
];

/// What no request can show of rules that have scenarios: races, what is dropped, what lapses unsettled, and rates over all times, changes and threads.
const SHOWN_BESIDE: &[(&str, &str, &str)] = &[
    (
        "U3",
        "entitlements-core/src/testing/usage_store/counts.rs",
        "u3_lapses_at_its_time",
    ),
    (
        "U3",
        "entitlements-core/src/testing/usage_store/counts.rs",
        "u3_confirming_after_it_lapsed_counts",
    ),
    (
        "U6",
        "entitlements-core/src/testing/usage_store/counts.rs",
        "u6_sync_sets_what_is_used_and_keeps_what_is_reserved",
    ),
    (
        "U7",
        "entitlements-core/src/usage/ledger/tests.rs",
        "u7_of_those_that_race_for_the_last_exactly_one_is_admitted",
    ),
    (
        "U8",
        "entitlements-tower/tests/limits/outcomes.rs",
        "u8_a_panic_of_the_handler_releases",
    ),
    (
        "U8",
        "entitlements-tower/tests/limits/outcomes.rs",
        "u8_a_future_that_is_dropped_releases",
    ),
    (
        "U8",
        "entitlements-tower/tests/limits/bodies.rs",
        "u8_a_body_that_is_dropped_before_its_end_releases",
    ),
    (
        "Q1",
        "entitlements-core/tests/rates/one_key.rs",
        "q2_it_is_the_bucket_of_the_rules",
    ),
    (
        "Q2",
        "entitlements-core/tests/rates/one_key.rs",
        "q2_no_time_admits_more_than_the_burst_and_what_it_refills",
    ),
    (
        "Q2",
        "entitlements-core/tests/rates/governor_agrees.rs",
        "q2_governor_admits_the_same",
    ),
    (
        "Q2",
        "entitlements-store/src/redis_rates/tests/governor.rs",
        "q2_script_limiter_and_governor_say_the_same",
    ),
    (
        "Q3",
        "entitlements-core/tests/rates/one_key.rs",
        "q3_what_costs_nothing_is_admitted_and_more_than_a_burst_never",
    ),
    (
        "Q4",
        "entitlements-core/tests/rates/one_key.rs",
        "q4_a_wait_is_never_early_and_exact",
    ),
    (
        "Q5",
        "entitlements-core/tests/rates/one_key.rs",
        "q5_time_that_goes_back_admits_nothing_more",
    ),
    (
        "Q5",
        "entitlements-core/tests/rates/carry.rs",
        "q5_readings_that_go_to_and_fro_admit_no_more_than_the_fastest_would",
    ),
    (
        "Q6",
        "entitlements-core/tests/rates/carry.rs",
        "q6_it_is_the_bucket_of_the_rules_through_any_change",
    ),
    (
        "Q6",
        "entitlements-core/tests/rates/carry.rs",
        "q6_no_change_gives_anything_for_free_or_takes_anything",
    ),
    (
        "Q6",
        "entitlements-core/tests/rates/carry.rs",
        "q6_a_smaller_plan_locks_nobody_out_for_longer",
    ),
    (
        "Q6",
        "tests/tests/shared_rates.rs",
        "q6_processes_of_two_plans_admit_no_more_than_the_faster_would",
    ),
    (
        "Q7",
        "entitlements-core/tests/rates/several.rs",
        "q7_all_or_nothing_with_the_longest_wait",
    ),
    (
        "Q7",
        "entitlements-core/tests/rates/several.rs",
        "q7_what_is_given_back_at_once_was_never_spent",
    ),
    (
        "Q7",
        "entitlements-core/tests/rates/returns.rs",
        "q7_giving_back_after_changes_never_gives_too_much",
    ),
    (
        "Q8",
        "entitlements-core/tests/rates/one_key.rs",
        "q8_headers_say_burst_window_rest_and_reset",
    ),
    (
        "Q13",
        "entitlements-tower/tests/rates.rs",
        "q13_gates_of_one_rate_count_together_whether_by_engine_or_layer",
    ),
    (
        "Q14",
        "entitlements-tower/tests/rates.rs",
        "q14_what_is_denied_for_something_else_spends_nothing",
    ),
    (
        "Q15",
        "entitlements-tower/tests/rates.rs",
        "q15_users_and_keys_count_by_themselves_within_an_account",
    ),
    (
        "Q15",
        "entitlements-tower/tests/rates.rs",
        "q15_by_address_no_account_is_asked_for_and_headers_of_strangers_are_nothing",
    ),
    (
        "Q16",
        "entitlements-tower/tests/rates.rs",
        "q16_a_change_of_plan_keeps_what_was_spent",
    ),
    (
        "Q17",
        "entitlements-tower/tests/rates.rs",
        "q17_costs_are_taken_whole_or_not_at_all",
    ),
    (
        "Q17",
        "entitlements-tower/tests/rates.rs",
        "q17_grpc_hears_when_to_try_again",
    ),
    (
        "Q17",
        "entitlements-core/tests/engine_log/costs.rs",
        "q17_a_cost_above_the_burst_is_told_once_with_its_path",
    ),
    (
        "Q18",
        "entitlements-tower/tests/rates.rs",
        "q18_where_a_rate_denies_no_limit_is_used",
    ),
    (
        "Q19",
        "entitlements-tower/tests/rates.rs",
        "q19_a_gate_in_shadow_spends_and_says_nothing",
    ),
    (
        "Q20",
        "entitlements-tower/tests/rates.rs",
        "q20_answers_say_where_the_rate_stands",
    ),
    (
        "Q21",
        "entitlements-tower/tests/rates.rs",
        "q21_gates_one_in_another_each_add_a_line",
    ),
    (
        "Q21",
        "entitlements-actix/tests/app/rates.rs",
        "q21_gates_one_in_another_each_add_a_line",
    ),
    (
        "Q21",
        "entitlements-core/src/rate/report.rs",
        "q21_several_rates_are_several_members_however_long",
    ),
    (
        "Q22",
        "entitlements-core/src/rate/report.rs",
        "q22_the_older_headers_tell_the_tightest",
    ),
    (
        "Q23",
        "entitlements-core/src/rate/report.rs",
        "q23_names_and_numbers_fit_the_form",
    ),
];

#[test]
fn every_rule_that_a_scenario_can_show_has_one() {
    let mut cited: BTreeSet<String> = scenario::all()
        .into_iter()
        .flat_map(|(_, scenario)| scenario.rules)
        .collect();
    for (rule, ..) in SHOWN_BY_TESTS {
        assert!(!cited.contains(*rule), "{rule} has a scenario after all");
    }
    cited.extend(SHOWN_BY_TESTS.iter().map(|(rule, ..)| (*rule).to_owned()));
    let wrong: Vec<String> = rules()
        .into_iter()
        .filter(|(rule, _)| rule.starts_with(SHOWN) && !cited.contains(rule))
        .map(|(rule, page)| format!("{rule} of {page} has no scenario in spec/scenarios/"))
        .collect();
    assert_none(&wrong);
}

#[test]
fn every_test_that_shows_a_rule_exists() {
    let rules = rules();
    let mut wrong = Vec::new();
    for (rule, file, name) in SHOWN_BY_TESTS.iter().chain(SHOWN_BESIDE) {
        let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
        if !text.contains(&format!("fn {name}(")) {
            wrong.push(format!("{file} has no test `{name}`, which shows {rule}"));
        }
        if !rules.contains_key(*rule) {
            wrong.push(format!("there is no rule {rule}"));
        }
    }
    assert_none(&wrong);
}

#[test]
fn every_rule_that_a_scenario_cites_exists() {
    let rules = rules();
    let mut wrong = Vec::new();
    for (file, scenario) in scenario::all() {
        for rule in &scenario.rules {
            if !rules.contains_key(rule) {
                wrong.push(format!(
                    "{file}: there is no rule {rule}: {}",
                    scenario.says
                ));
            }
        }
        if scenario.rules.is_empty() {
            wrong.push(format!("{file}: cites no rule: {}", scenario.says));
        }
    }
    assert_none(&wrong);
}

#[test]
fn no_two_scenarios_say_the_same() {
    let mut seen = BTreeMap::new();
    let mut wrong = Vec::new();
    for (file, scenario) in scenario::all() {
        if let Some(first) = seen.insert(scenario.says.clone(), file.clone()) {
            wrong.push(format!("{first} and {file} both say: {}", scenario.says));
        }
    }
    assert!(seen.len() >= 40, "only {} scenarios are left", seen.len());
    assert_none(&wrong);
}

#[test]
fn every_catalog_of_the_scenarios_is_used() {
    let used: BTreeSet<String> = scenario::all()
        .into_iter()
        .map(|(_, scenario)| scenario.catalog)
        .collect();
    let there: BTreeSet<String> = std::fs::read_dir(scenario::folder().join("catalogs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(there, used);
}

#[test]
fn the_table_of_denials_is_the_one_that_is_built() {
    let row = |code: &str, status: String, title: &str, slug: &str| {
        [code.to_owned(), status, title.to_owned(), slug.to_owned()]
    };
    let built: Vec<_> = DenialRow::ALL
        .iter()
        .map(|denial| {
            row(
                denial.code,
                denial.status.to_string(),
                denial.title,
                denial.slug,
            )
        })
        .collect();
    let page = page("denials.md");
    let written: Vec<_> = page
        .lines()
        .skip_while(|line| !line.starts_with("| code |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>())
        .map(|cells| {
            row(
                cells[1].trim_matches('`'),
                cells[2].to_owned(),
                cells[3],
                cells[4],
            )
        })
        .collect();
    assert_eq!(
        written, built,
        "left: spec/denials.md, right: `DenialRow::ALL`"
    );
}

/// Every rule, and the page that it is on.
fn rules() -> BTreeMap<String, String> {
    let mut rules = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("spec")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if !name.ends_with(".md") || name == "README.md" {
            continue;
        }
        for line in page(&name).lines() {
            let Some((rule, _)) = line
                .strip_prefix("**")
                .and_then(|rest| rest.split_once("**"))
            else {
                continue;
            };
            let number = rule.strip_prefix(|first: char| first.is_ascii_uppercase());
            // `S7a` is what was added to S7.
            let number = number
                .map(|number| number.trim_end_matches(|last: char| last.is_ascii_lowercase()));
            if number.is_some_and(|number| number.parse::<u32>().is_ok()) {
                let before = rules.insert(rule.to_owned(), name.clone());
                assert_eq!(before, None, "{rule} is there twice");
            }
        }
    }
    assert!(rules.len() > 40, "the pages have only the rules {rules:?}");
    rules
}

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join("spec").join(name)).unwrap()
}
