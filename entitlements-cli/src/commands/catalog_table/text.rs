//! The matrix for a terminal of 80 columns: as many tables below each other as the plans need.

use anstyle::Style;

use super::matrix::{AddonEntry, Head, Matrix, Section};
use crate::columns::{COLUMNS, GAP, columns, natural_widths, paragraph};
use crate::quote::escaped;

const HEADING: Style = Style::new().bold();

/// How far rows stand in below the title of their section.
const INDENT: u16 = 2;

/// The most that the names of rows take, so that three plans stand side by side.
const MOST_OF_LABELS: u16 = 24;

/// The most that a plan takes before it is known whether there is room for more.
const MOST_OF_A_PLAN: u16 = 16;

/// A plan is never narrower, so that most words fit.
const LEAST_OF_A_PLAN: u16 = 9;

/// Plans that stand side by side: which, and how wide each is.
struct Part {
    plans: Vec<usize>,
    widths: Vec<u16>,
}

pub(super) fn text(matrix: &Matrix) -> String {
    let mut lines = headings(paragraph(0, &escaped(&matrix.product)));
    let labels = label_width(matrix);
    for part in parts(&plan_widths(matrix), COLUMNS - INDENT - labels) {
        lines.push(String::new());
        lines.extend(table(matrix, labels, &part));
    }
    if !matrix.addons.is_empty() {
        lines.push(String::new());
        lines.extend(headings(vec!["Add-ons".to_owned()]));
        lines.extend(matrix.addons.iter().flat_map(addon));
    }
    lines.join("\n")
}

fn headings(lines: Vec<String>) -> Vec<String> {
    lines
        .into_iter()
        .map(|line| format!("{HEADING}{line}{HEADING:#}"))
        .collect()
}

fn label_width(matrix: &Matrix) -> u16 {
    let rows = matrix.sections.iter().flat_map(|section| &section.rows);
    let labels: Vec<_> = rows.map(|row| vec![escaped(&row.label)]).collect();
    let widest = natural_widths(&labels).first().copied().unwrap_or_default();
    widest.min(MOST_OF_LABELS)
}

/// What each plan would take if there were room for all.
fn plan_widths(matrix: &Matrix) -> Vec<u16> {
    let titles = matrix
        .plans
        .iter()
        .map(|plan| escaped(&plan.title))
        .collect();
    let marks = matrix
        .plans
        .iter()
        .map(|plan| mark(plan).to_owned())
        .collect();
    let rows = matrix.sections.iter().flat_map(|section| &section.rows);
    let cells = rows.map(|row| {
        row.cells
            .iter()
            .map(|cell| escaped(cell.as_str()))
            .collect()
    });
    natural_widths(
        &[titles, marks]
            .into_iter()
            .chain(cells)
            .collect::<Vec<Vec<_>>>(),
    )
}

const fn mark(plan: &Head) -> &'static str {
    if plan.is_default { "(default)" } else { "" }
}

/// Plans from the left to the right, in as few parts as there is room for and about as many in each.
fn parts(natural: &[u16], room: u16) -> Vec<Part> {
    let least: Vec<u16> = natural
        .iter()
        .map(|width| (*width).clamp(LEAST_OF_A_PLAN, MOST_OF_A_PLAN))
        .collect();
    let fits = |plans: &[u16]| plans.iter().map(|width| width + GAP).sum::<u16>() <= room;
    let even = (1..=least.len()).rev().find_map(|most| {
        let size = least.len().div_ceil(least.len().div_ceil(most));
        least.chunks(size).all(fits).then_some(size)
    });
    let size = even.unwrap_or(1);
    let plans: Vec<usize> = (0..least.len()).collect();
    let chunks = plans
        .chunks(size)
        .zip(least.chunks(size))
        .zip(natural.chunks(size));
    let parts = chunks.map(|((plans, least), natural)| Part {
        plans: plans.to_vec(),
        widths: widened(least.to_vec(), natural, room),
    });
    parts.collect()
}

/// Gives the room that is left to the plans that are longer than they are wide.
fn widened(mut widths: Vec<u16>, natural: &[u16], room: u16) -> Vec<u16> {
    let mut left = room.saturating_sub(widths.iter().map(|width| width + GAP).sum());
    while left > 0
        && widths
            .iter()
            .zip(natural)
            .any(|(width, natural)| width < natural)
    {
        for (width, _) in widths
            .iter_mut()
            .zip(natural)
            .filter(|(width, natural)| **width < **natural)
        {
            let more = left.min(1);
            *width += more;
            left -= more;
        }
    }
    widths
}

fn table(matrix: &Matrix, labels: u16, part: &Part) -> Vec<String> {
    let plans = || part.plans.iter().filter_map(|plan| matrix.plans.get(*plan));
    let mut head = vec![with_label("", plans().map(|plan| escaped(&plan.title)))];
    if plans().any(|plan| plan.is_default) {
        head.push(with_label("", plans().map(|plan| mark(plan).to_owned())));
    }
    let widths: Vec<u16> = std::iter::once(labels)
        .chain(part.widths.iter().copied())
        .collect();
    let mut lines = headings(columns(INDENT, &widths, &head));
    let width = INDENT + labels + part.widths.iter().map(|width| width + GAP).sum::<u16>();
    lines.push("-".repeat(width.into()));
    for section in &matrix.sections {
        lines.extend(headings(vec![section.title.to_owned()]));
        lines.extend(columns(INDENT, &widths, &rows(section, part)));
    }
    lines
}

fn rows(section: &Section, part: &Part) -> Vec<Vec<String>> {
    let rows = section.rows.iter().map(|row| {
        let cells = part.plans.iter().filter_map(|plan| row.cells.get(*plan));
        let cells = cells.zip(&part.widths);
        with_label(
            &escaped(&row.label),
            cells.map(|(cell, width)| broken(escaped(cell.as_str()), *width)),
        )
    });
    rows.collect()
}

/// Breaks what is too wide where its parts meet: `600 per 1m,` and `burst 1000`.
fn broken(text: String, width: u16) -> String {
    let is_wider = natural_widths(&[vec![&text]])
        .iter()
        .any(|natural| *natural > width);
    if is_wider {
        text.replace(", ", ",\n")
    } else {
        text
    }
}

fn with_label(label: &str, cells: impl Iterator<Item = String>) -> Vec<String> {
    std::iter::once(label.to_owned()).chain(cells).collect()
}

fn addon(addon: &AddonEntry) -> Vec<String> {
    let listed = |items: &[String], none: &str| match items {
        [] => none.to_owned(),
        items => escaped(&items.join(", ")),
    };
    let mut rows = vec![
        vec!["needs".to_owned(), listed(&addon.needs, "any plan")],
        vec!["adds".to_owned(), listed(&addon.adds, "nothing")],
    ];
    rows.extend(
        addon
            .price
            .as_deref()
            .map(|price| vec!["price".to_owned(), escaped(price)]),
    );
    let mut lines = paragraph(INDENT, &escaped(&addon.title));
    let (indent, label) = (2 * INDENT, 5);
    lines.extend(columns(
        indent,
        &[label, COLUMNS - indent - label - GAP],
        &rows,
    ));
    lines
}

#[cfg(test)]
mod tests {
    use super::parts;

    fn sizes(natural: &[u16]) -> Vec<usize> {
        parts(natural, 54)
            .iter()
            .map(|part| part.plans.len())
            .collect()
    }

    #[test]
    fn plans_are_spread_evenly_over_as_few_parts_as_there_is_room_for() {
        assert_eq!(sizes(&[100; 3]), [3]);
        assert_eq!(sizes(&[100; 4]), [2, 2]);
        assert_eq!(sizes(&[100; 7]), [3, 3, 1]);
        assert_eq!(sizes(&[9; 4]), [4]);
        assert_eq!(sizes(&[100; 9]), [3, 3, 3]);
        assert!(sizes(&[]).is_empty());
    }

    #[test]
    fn room_that_is_left_goes_to_those_who_need_it() {
        let part = parts(&[9, 40], 54).remove(0);
        assert_eq!(part.widths, [9, 40]);
        let part = parts(&[9, 100], 54).remove(0);
        assert_eq!(part.widths, [9, 41]);
    }
}
