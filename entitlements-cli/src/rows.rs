//! Rows of a label and a value that fit a terminal of 80 columns.

use crate::columns::{COLUMNS, natural_widths};

/// The values below each other; what is too wide goes on below its beginning.
///
/// Lines break at spaces alone, so that ids, fingerprints and paths can be copied whole however long they are.
pub(crate) fn rows(rows: &[(&str, String)]) -> String {
    let left = rows
        .iter()
        .map(|(label, _)| label.len() + 2)
        .max()
        .unwrap_or_default();
    let room = usize::from(COLUMNS).saturating_sub(left);
    rows.iter()
        .map(|(label, value)| {
            let value = lines(value, room).join(&format!("\n{:left$}", ""));
            format!("{:left$}{value}", format!("{label}:"))
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// The words in as few lines as hold them. The space at which a line ends is not shown.
fn lines(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut used) = (String::new(), 0_usize);
    for word in text.split_inclusive(' ') {
        let width = width(word.trim_end());
        if used.saturating_add(width) > room && !line.trim().is_empty() {
            lines.push(line.trim_end().to_owned());
            (line, used) = (String::new(), 0);
        }
        line.push_str(word);
        used = used
            .saturating_add(width)
            .saturating_add(usize::from(word.ends_with(' ')));
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// How many columns a word takes; colours take none.
fn width(word: &str) -> usize {
    if word.is_ascii() && !word.contains('\u{1b}') {
        return word.len();
    }
    let shown = anstream::adapter::strip_str(word).to_string();
    let widths = natural_widths(&[vec![shown]]);
    widths.into_iter().map(usize::from).sum()
}

#[cfg(test)]
mod tests {
    use super::{lines, rows};

    #[test]
    fn values_go_on_below_their_beginning() {
        let features: Vec<String> = (10..30).map(|n| format!("feature_{n}")).collect();
        let text = rows(&[
            ("status", "\u{1b}[1mactive\u{1b}[0m".to_owned()),
            ("features", features.join(", ")),
        ]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "status:   \u{1b}[1mactive\u{1b}[0m");
        let first: Vec<&str> = features[..5].iter().map(String::as_str).collect();
        assert_eq!(lines[1], format!("features: {},", first.join(", ")));
        assert!(lines[2].starts_with("          feature_15, "), "{text}");
        assert_eq!(lines.len(), 5);
        assert!(lines.iter().all(|line| line.len() <= 80), "{text}");
    }

    #[test]
    fn a_word_is_never_broken_and_fills_a_line_to_its_end() {
        let long = "x".repeat(100);
        assert_eq!(lines(&long, 10), [long.as_str()]);
        assert_eq!(lines(&format!("a {long} b"), 10), ["a", &long, "b"]);
        assert_eq!(lines("12345 7890 x", 10), ["12345 7890", "x"]);
        assert_eq!(lines("12345 78901", 10), ["12345", "78901"]);
        assert_eq!(lines("漢字漢 漢字", 10), ["漢字漢", "漢字"]);
        assert_eq!(lines("a  b", 10), ["a  b"]);
        assert_eq!(lines("", 10), [""]);
    }
}
