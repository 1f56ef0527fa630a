//! Columns of fixed widths that fit a terminal of 80 columns, for what is more than one table can hold.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets::NOTHING};

/// What a line has room for.
pub(crate) const COLUMNS: u16 = 80;

/// The room between two columns.
pub(crate) const GAP: u16 = 2;

/// Rows below each other, the first column `indent` from the left; what is wider than its column goes on in the next
/// line. Cells hold no control characters (see [`quote`](crate::quote)).
pub(crate) fn columns<C: AsRef<str>>(indent: u16, widths: &[u16], rows: &[Vec<C>]) -> Vec<String> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut table = plain_table(rows);
    for (column, width) in table.column_iter_mut().zip(widths) {
        let left = if column.index == 0 { indent } else { GAP };
        column.set_padding((left, 0));
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(
            width.saturating_add(left),
        )));
    }
    table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// How wide each column is where nothing has to go on in the next line.
pub(crate) fn natural_widths<C: AsRef<str>>(rows: &[Vec<C>]) -> Vec<u16> {
    plain_table(rows).column_max_content_widths()
}

/// A text in lines that fit, the second and later ones as far from the left as the first.
pub(crate) fn paragraph(indent: u16, text: &str) -> Vec<String> {
    columns(indent, &[COLUMNS.saturating_sub(indent)], &[vec![text]])
}

fn plain_table<C: AsRef<str>>(rows: &[Vec<C>]) -> Table {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .add_rows(rows.iter().map(|row| row.iter().map(AsRef::as_ref)));
    table
}

#[cfg(test)]
mod tests {
    use super::{columns, natural_widths, paragraph};

    #[test]
    fn what_is_too_wide_goes_on_below() {
        let rows = [vec!["Users", "as licensed, default 15"], vec!["Nodes", "1"]];
        assert_eq!(natural_widths(&rows), [5, 23]);
        let lines = [
            "  Users    as licensed,",
            "           default 15",
            "  Nodes    1",
        ];
        assert_eq!(columns(2, &[7, 12], &rows), lines);
    }

    #[test]
    fn wide_characters_count_twice_and_long_words_break() {
        assert_eq!(natural_widths(&[vec!["漢字"]]), [4]);
        assert_eq!(columns(0, &[4], &[vec!["漢字漢字"]]), ["漢字", "漢字"]);
        let lines = paragraph(4, &"x".repeat(100));
        assert_eq!(
            lines,
            [
                format!("    {}", "x".repeat(76)),
                format!("    {}", "x".repeat(24))
            ]
        );
    }
}
