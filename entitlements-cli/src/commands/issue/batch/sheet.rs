//! The file of a batch: one form of CSV, read whole and checked before a key is made.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use super::columns::{self, Column};
use super::lines::Lines;
use crate::commands::issue::Terms;
use crate::failure::Failure;
use crate::files::read_regular;
use crate::quote;

/// The most bytes that a file may have.
const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;

/// The most rows: a directory with more files than this is of no use to anybody.
const MAX_ROWS: usize = 100_000;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The rows of a file and what their cells mean.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Whether the file begins as Excel wants it to.
    pub(super) has_byte_order_mark: bool,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
}

/// As many cells as there are columns, as they stand in the file.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) cells: StringRecord,
}

impl Sheet {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = read_regular(path, MAX_FILE_BYTES)
            .map_err(|why| Fault::new(format!("cannot be read: {why}"), "name a CSV file"));
        bytes
            .and_then(|bytes| Self::parse(&bytes))
            .map_err(|fault| {
                let message = format!("the batch {} {}", quote::path(path), fault.message);
                Failure::usage("batch", message, fault.action)
            })
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let text = text(bytes)?;
        let without_mark = text.strip_prefix(BYTE_ORDER_MARK);
        let has_byte_order_mark = without_mark.is_some();
        let (header, rows) = records(without_mark.unwrap_or(text))?;
        let columns = columns::read(&header)?;
        if let Some(row) = rows.iter().find(|row| row.cells.len() != columns.len()) {
            return Err(Fault::new(
                format!(
                    "has {} cells in line {} and {} columns",
                    row.cells.len(),
                    row.line,
                    columns.len()
                ),
                "write a comma for each empty cell, and double quotes around a cell that holds a comma",
            ));
        }
        Ok(Self {
            has_byte_order_mark,
            columns,
            rows,
        })
    }

    /// Refuses a file that lacks a column that every license needs and no flag stands in for.
    pub(super) fn check_complete(&self, path: &Path, flags: &Terms) -> Result<(), Failure> {
        let has = |column| self.columns.contains(&column);
        let lacking = if !has(Column::Customer) && flags.customer.is_none() {
            (
                "no column `customer`",
                "add it, or give `--customer` for all rows",
            )
        } else if !has(Column::Expires) && !has(Column::Days) && flags.term.is_none() {
            (
                "neither a column `expires` nor `days`",
                "add one, or give `--expires` or `--days` for all rows",
            )
        } else {
            return Ok(());
        };
        let message = format!("the batch {} has {}", quote::path(path), lacking.0);
        Err(Failure::usage("batch", message, lacking.1))
    }

    /// What the row says in the column `customer`.
    pub(super) fn customer<'a>(&self, row: &'a Row) -> Option<&'a str> {
        let cells = self.columns.iter().zip(&row.cells);
        let mut customers = cells.filter(|(column, _)| **column == Column::Customer);
        customers
            .next()
            .map(|(_, cell)| cell.trim())
            .filter(|cell| !cell.is_empty())
    }
}

/// Why a file cannot be used, said of the file.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) message: String,
    action: String,
}

impl Fault {
    pub(super) fn new(message: impl Into<String>, action: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            action: action.into(),
        }
    }
}

fn text(bytes: &[u8]) -> Result<&str, Fault> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Fault::new(
            "is larger than 64 MiB",
            "split it into several files",
        ));
    }
    let save = "save it as CSV in UTF-8";
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Fault::new("is in UTF-16", save));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = Lines::default().advance(before, before.len());
        Fault::new(format!("is not UTF-8 in line {line}"), save)
    })
}

/// The line of column names, and the rows that are not blank. It stops at the first row too many, so that a file of nothing
/// but commas takes no more memory than one that can be used.
fn records(text: &str) -> Result<(Row, Vec<Row>), Fault> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut header = None;
    let mut rows = Vec::new();
    let mut last_line = 1;
    let mut lines = Lines::default();
    for cells in reader.records() {
        let cells = cells.map_err(|error| {
            Fault::new(format!("is not CSV: {error}"), "save it as CSV in UTF-8")
        })?;
        let start = cells.position().map_or(0, csv::Position::byte);
        let line = lines.advance(
            text.as_bytes(),
            usize::try_from(start).unwrap_or(usize::MAX),
        );
        last_line = line;
        let row = Row { line, cells };
        if header.is_none() {
            header = Some(row);
        } else if !is_blank(&row) {
            if rows.len() == MAX_ROWS {
                return Err(Fault::new(
                    format!("has more than {MAX_ROWS} rows"),
                    "split it into several files",
                ));
            }
            rows.push(row);
        }
    }
    // A quote that nobody closes makes one cell of all that follows.
    if text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
        return Err(Fault::new(
            format!("has a double quote that is not closed, seemingly in line {last_line}"),
            "close it; within a quoted cell, a double quote is written twice",
        ));
    }
    let header =
        header.ok_or_else(|| Fault::new("has no line of column names", columns::instruction()))?;
    Ok((header, rows))
}

fn is_blank(row: &Row) -> bool {
    row.cells.iter().all(|cell| cell.trim().is_empty())
}
