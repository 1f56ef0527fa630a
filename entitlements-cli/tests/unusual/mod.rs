//! A catalog that is valid and has everything that is hard to show.
#![allow(
    dead_code,
    clippy::unwrap_used,
    missing_docs,
    reason = "helpers of tests, of which each test file uses some"
)]

use std::fmt::Write as _;

/// Names that are long, wide, or hold what another language takes for its own.
fn title(number: usize) -> String {
    let titles = [
        "<script>alert(\\\"x\\\")</script> onload='x' a|b \\\\| `c` **d** [e](https://f.example) &amp;".to_owned(),
        "漢字".repeat(25),
        "An ordinary name of several words that is a hundred characters long and goes on until it has ended".to_owned(),
        "x".repeat(96),
        "émoji 👩‍💻 e\u{301} and \u{202e}turned round".to_owned(),
    ];
    format!("{number:02} {}", titles[number % titles.len()])
}

/// 9 plans, 60 features, names of 100 characters.
pub(crate) fn catalog() -> String {
    let order: Vec<String> = (0..8).map(|plan| format!("\"p{plan}\"")).collect();
    let mut text = format!(
        "schema = 1\n[product]\nname = \"{} {}\"\ndefault_plan = \"p0\"\nplan_order = [{}]\n[rates.\"r|漢字\"]\n",
        title(0),
        "y".repeat(120),
        order.join(", ")
    );
    for feature in 0..60 {
        write!(
            text,
            "[features.f{feature:02}]\nname = \"{}\"\n",
            title(feature)
        )
        .unwrap();
    }
    for limit in 0..4 {
        write!(text, "[limits.l{limit}]\nname = \"{}\"\n", title(limit)).unwrap();
    }
    for plan in 0..9 {
        let features: Vec<String> = (0..60)
            .filter(|feature| (feature * 7 + plan) % 3 > 0)
            .map(|feature| format!("\"f{feature:02}\""))
            .collect();
        write!(
            text,
            "[plans.p{plan}]\nname = \"{}\"\nfeatures = [{}]\n\
             limits = {{ l0 = {plan}, l1 = \"unlimited\", l3 = 0, \
             l2 = {{ licensed = true, plus = {most}, default = {most} }} }}\n\
             rates = {{ \"r|漢字\" = {{ requests = {most}, per = \"36500d\", burst = 1 }} }}\n\
             retention = {{ \"{kept}\" = {plan} }}\n\
             price = {{ currency = \"EUR\", monthly_cents = {most}, per_seat_of = \"l0\", free_seats = 3 }}\n",
            title(plan),
            features.join(", "),
            most = u64::MAX,
            kept = "k".repeat(100),
        )
        .unwrap();
    }
    for addon in 0..3 {
        write!(
            text,
            "[addons.a{addon}]\nname = \"{}\"\nrequires = [\"p1\", \"p3\"]\nfeatures = [\"f0{addon}\", \"f1{addon}\"]\n",
            title(addon)
        )
        .unwrap();
    }
    text
}

/// How many columns of a terminal a line takes.
pub(crate) fn width(line: &str) -> usize {
    let of = |c: char| match c {
        '\u{300}'..='\u{36f}' | '\u{200d}' => 0,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' => 2,
        '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}' => 2,
        _ => 1,
    };
    line.chars().map(of).sum()
}
