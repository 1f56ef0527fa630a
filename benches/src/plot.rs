//! Figures as a picture: one dot each on a scale of powers of ten, as plain SVG.
//!
//! The same figures make the same text. Colours are those of the reader's theme, light or dark; nothing is told by colour alone.

use std::fmt::Write;

const WIDTH: u32 = 760;
const LEFT: u32 = 190;
const RIGHT: u32 = 660;
const TOP: u32 = 52;
const ROW: u32 = 21;
const GAP: u32 = 14;

const STYLE: &str = "\
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-size: 15px; font-weight: 600; }
.group, .ours { font-weight: 600; }
.tick, .about { fill: #59636e; font-size: 12px; }
.grid { stroke: #d1d9e0; }
.stem { stroke: #afb8c1; stroke-width: 2; }
.peer { fill: #9a6700; }
.mine { fill: #0969da; }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc; }
.tick, .about { fill: #9198a1; }
.grid { stroke: #3d444d; }
.stem { stroke: #656c76; }
.peer { fill: #d29922; }
.mine { fill: #4493f8; }
}";

/// A plot of groups of figures.
#[derive(Debug, Clone)]
pub struct Plot {
    /// What it shows.
    pub title: &'static str,
    /// How to read it.
    pub about: &'static str,
    /// The groups, from top to bottom.
    pub groups: Vec<Group>,
}

/// Figures that are to be compared.
#[derive(Debug, Clone)]
pub struct Group {
    /// What they have in common.
    pub title: &'static str,
    /// The figures, from top to bottom.
    pub marks: Vec<Mark>,
}

/// One figure.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// Whose it is.
    pub label: &'static str,
    /// The figure, in nanoseconds.
    pub nanoseconds: f64,
    /// Whether it is ours, and not a peer's.
    pub is_ours: bool,
}

impl Plot {
    /// The plot as a file of its own.
    #[must_use]
    pub fn svg(&self) -> String {
        let marks = || self.groups.iter().flat_map(|group| &group.marks);
        let most = marks().map(|mark| mark.nanoseconds).fold(10.0, f64::max);
        // From 10 ns to the power of ten beyond the slowest.
        let decades = (most.log10().ceil() as u32).max(2) - 1;
        let rows = marks().count() + self.groups.len();
        let (rows, groups) = (rows as u32, self.groups.len() as u32);
        let bottom = TOP + rows * ROW + groups * GAP;
        let height = bottom + 34;
        let mut text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\">\n<title>{title}</title>\n<style>\n{STYLE}\n</style>\n<text class=\"title\" x=\"8\" y=\"20\">{title}</text>\n<text class=\"about\" x=\"8\" y=\"38\">{about}</text>\n",
            title = escaped(self.title),
            about = escaped(self.about),
        );
        for decade in 0..=decades {
            let x = f64::from(LEFT) + width_of(f64::from(decade), decades);
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "<line class=\"grid\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{bottom}\"/><text class=\"tick\" x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{label}</text>",
                y = bottom + 18,
                label = time(10_f64.powi(decade as i32 + 1)),
            );
        }
        let mut y = TOP;
        for group in &self.groups {
            y += ROW;
            let title = escaped(group.title);
            let _ = writeln!(
                text,
                "<text class=\"group\" x=\"8\" y=\"{y}\">{title}</text>"
            );
            for mark in &group.marks {
                y += ROW;
                mark.draw(&mut text, y, decades);
            }
            y += GAP;
        }
        text.push_str("</svg>\n");
        text
    }
}

impl Mark {
    fn draw(&self, text: &mut String, y: u32, decades: u32) {
        let x = f64::from(LEFT) + width_of(self.nanoseconds.max(10.0).log10() - 1.0, decades);
        let (words, dot) = if self.is_ours {
            ("ours", "mine")
        } else {
            ("theirs", "peer")
        };
        let middle = y - 4;
        let _ = writeln!(
            text,
            "<text class=\"{words}\" x=\"{end}\" y=\"{y}\" text-anchor=\"end\">{label}</text><line class=\"stem\" x1=\"{LEFT}\" y1=\"{middle}\" x2=\"{x:.1}\" y2=\"{middle}\"/><circle class=\"{dot}\" cx=\"{x:.1}\" cy=\"{middle}\" r=\"6\"/><text class=\"{words}\" x=\"{beside:.1}\" y=\"{y}\">{value}</text>",
            end = LEFT - 10,
            label = escaped(self.label),
            beside = x + 12.0,
            value = time(self.nanoseconds),
        );
    }
}

fn width_of(decade: f64, decades: u32) -> f64 {
    f64::from(RIGHT - LEFT) * decade / f64::from(decades)
}

fn time(nanoseconds: f64) -> String {
    let (number, unit) = if nanoseconds < 1000.0 {
        (nanoseconds, "ns")
    } else {
        (nanoseconds / 1000.0, "µs")
    };
    let digits = usize::from(number < 10.0 && number.fract() > 0.05);
    format!("{number:.digits$} {unit}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
