//! The matrix as a table of GitHub's Markdown, and a second one of add-ons.

use super::escape::markdown as escaped;
use super::matrix::{AddonEntry, Matrix, Row};

pub(super) fn markdown(matrix: &Matrix) -> String {
    let titles = matrix.plans.iter().map(|plan| {
        let mark = if plan.is_default { " (default)" } else { "" };
        escaped(&plan.title) + mark
    });
    let mut lines = vec![
        line(&escaped(&matrix.product), titles),
        rule(matrix.plans.len() + 1),
    ];
    for section in &matrix.sections {
        let empty = matrix.plans.iter().map(|_| String::new());
        lines.push(line(&format!("**{}**", section.title), empty));
        lines.extend(section.rows.iter().map(row));
    }
    if !matrix.addons.is_empty() {
        let titles = ["Needs", "Adds", "Price"].map(str::to_owned);
        lines.extend([String::new(), line("Add-on", titles.into_iter()), rule(4)]);
        lines.extend(matrix.addons.iter().map(addon));
    }
    lines.join("\n")
}

fn row(row: &Row) -> String {
    line(
        &escaped(&row.label),
        row.cells.iter().map(|cell| escaped(cell.as_str())),
    )
}

fn addon(addon: &AddonEntry) -> String {
    let needs = if addon.needs.is_empty() {
        "any plan".to_owned()
    } else {
        escaped(&addon.needs.join(", "))
    };
    let price = addon.price.as_deref().map(escaped).unwrap_or_default();
    line(
        &escaped(&addon.title),
        [needs, escaped(&addon.adds.join(", ")), price].into_iter(),
    )
}

fn line(first: &str, cells: impl Iterator<Item = String>) -> String {
    let cells = std::iter::once(first.to_owned()).chain(cells);
    format!(
        "|{}",
        cells.map(|cell| format!(" {cell} |")).collect::<String>()
    )
}

fn rule(columns: usize) -> String {
    format!("|{}", "---|".repeat(columns))
}
