//! Tables that fit a terminal of 80 columns, wherever they go.

use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width};

/// What a line has room for.
const COLUMNS: u16 = 80;

/// How wide a column other than the last can be. What is longer goes on in the next line.
const MOST_OF_A_COLUMN: u16 = 24;

const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('-').junction('-'));

/// Rows below their headings; cells hold no control characters (see [`quote`](crate::quote)).
pub(crate) fn table<const N: usize>(
    headings: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table
        .load_style(STYLE)
        .set_width(COLUMNS)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(headings)
        .add_rows(rows);
    let last = N.saturating_sub(1);
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
        if column.index < last {
            let most = Width::Fixed(MOST_OF_A_COLUMN);
            column.set_constraint(ColumnConstraint::UpperBoundary(most));
        }
    }
    table.trim_fmt()
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn nothing_is_wider_than_a_terminal_nor_lost() {
        let long = "wörter ".repeat(40) + &"x".repeat(300);
        let text = table(
            ["part", "name", "value"],
            [
                [
                    "header".to_owned(),
                    "alg".to_owned(),
                    "\"EdDSA\"".to_owned(),
                ],
                [long.clone(), long.clone(), long],
                [String::new(), "漢字".repeat(200), "e\u{301}".repeat(500)],
            ],
        );
        assert!(
            text.lines()
                .all(|line| line.chars().filter(|c| *c != '\u{301}').count() <= 80),
            "{text}"
        );
        assert_eq!(text.matches('x').count(), 900);
        assert_eq!(text.matches('漢').count(), 200);
        assert!(
            text.lines()
                .next()
                .is_some_and(|line| line.contains("name"))
        );
    }

    #[test]
    fn short_tables_are_no_wider_than_they_need() {
        let text = table(["a", "b"], [["1".to_owned(), "2".to_owned()]]);
        assert_eq!(text, "a  b\n-----\n1  2");
    }
}
