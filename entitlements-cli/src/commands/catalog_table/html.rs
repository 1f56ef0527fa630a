//! The matrix as one `<table>` for a vendor's page: no styles, no scripts, headings for screen readers.

use super::escape::html as escaped;
use super::matrix::{AddonEntry, Head, Matrix, Row};

pub(super) fn html(matrix: &Matrix) -> String {
    let columns = matrix.plans.len();
    let mut lines = vec![
        "<table>".to_owned(),
        format!("  <caption>{}</caption>", escaped(&matrix.product)),
    ];
    lines.extend([
        "  <thead>".to_owned(),
        "    <tr>".to_owned(),
        "      <td></td>".to_owned(),
    ]);
    lines.extend(matrix.plans.iter().map(head));
    lines.extend(["    </tr>".to_owned(), "  </thead>".to_owned()]);
    for section in &matrix.sections {
        lines.extend(group(section.title, columns, section.rows.iter().map(row)));
    }
    if !matrix.addons.is_empty() {
        lines.extend(group(
            "Add-ons",
            columns,
            matrix.addons.iter().map(|entry| addon(entry, columns)),
        ));
    }
    lines.push("</table>".to_owned());
    lines.join("\n")
}

fn head(plan: &Head) -> String {
    let mark = if plan.is_default {
        " <small>(default)</small>"
    } else {
        ""
    };
    format!(
        "      <th scope=\"col\">{}{mark}</th>",
        escaped(&plan.title)
    )
}

/// Rows below a heading that is theirs.
fn group(title: &str, columns: usize, rows: impl Iterator<Item = String>) -> Vec<String> {
    let heading = format!(
        "    <tr><th scope=\"rowgroup\" colspan=\"{}\">{title}</th></tr>",
        columns + 1
    );
    let begin = ["  <tbody>".to_owned(), heading];
    begin
        .into_iter()
        .chain(rows)
        .chain(["  </tbody>".to_owned()])
        .collect()
}

fn row(row: &Row) -> String {
    let cells: String = row
        .cells
        .iter()
        .map(|cell| format!("<td>{}</td>", escaped(cell.as_str())))
        .collect();
    format!(
        "    <tr><th scope=\"row\">{}</th>{cells}</tr>",
        escaped(&row.label)
    )
}

fn addon(addon: &AddonEntry, columns: usize) -> String {
    let needs = if addon.needs.is_empty() {
        "any plan".to_owned()
    } else {
        addon.needs.join(", ")
    };
    let adds = if addon.adds.is_empty() {
        "nothing".to_owned()
    } else {
        addon.adds.join(", ")
    };
    let mut text = format!("Needs {needs}. Adds {adds}.");
    if let Some(price) = &addon.price {
        text.push_str(&format!(" {price}."));
    }
    format!(
        "    <tr><th scope=\"row\">{}</th><td colspan=\"{columns}\">{}</td></tr>",
        escaped(&addon.title),
        escaped(&text)
    )
}
