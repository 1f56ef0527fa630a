//! The refused rows as they stood, each with its reason: to be corrected and given to `--batch` again.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use csv::Writer;

use super::Refused;
use super::columns::Column;
use super::sheet::Sheet;
use crate::failure::Failure;
use crate::files::{why, write_private};
use crate::quote;

/// How many refused files a directory may have.
const MOST_FILES: u32 = 10_000;

/// Writes the file, under the first name that is free; `None` where nothing was refused.
pub(super) fn write(
    out: &Path,
    sheet: &Sheet,
    refused: &[Refused<'_>],
) -> Result<Option<PathBuf>, Failure> {
    if refused.is_empty() {
        return Ok(None);
    }
    let written = content(sheet, refused).and_then(|content| write_new(out, &content));
    written.map(Some).map_err(|error| {
        let message = format!(
            "{} refused, and their rows cannot be written to {}: {}",
            refused.len(),
            quote::path(out),
            why(&error)
        );
        Failure::failed("output", message, "correct the rows that the report names")
    })
}

fn write_new(out: &Path, content: &str) -> io::Result<PathBuf> {
    for number in 1..=MOST_FILES {
        let path = out.join(match number {
            1 => "refused.csv".to_owned(),
            number => format!("refused-{number}.csv"),
        });
        match write_private(&path, content) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            written => return written.map(|()| path),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

fn content(sheet: &Sheet, refused: &[Refused<'_>]) -> io::Result<String> {
    let is_kept = |column: &Column| *column != Column::Reason;
    let names = sheet.columns.iter().filter(|column| is_kept(column));
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(
        names
            .map(|column| column.name())
            .chain([Column::Reason.name()]),
    )?;
    for Refused { row, why, .. } in refused {
        let cells = sheet.columns.iter().zip(&row.cells);
        let kept = cells
            .filter(|(column, _)| is_kept(column))
            .map(|(_, cell)| cell);
        writer.write_record(kept.chain([why.message.as_str()]))?;
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    let mark = if sheet.has_byte_order_mark {
        "\u{feff}"
    } else {
        ""
    };
    let text = String::from_utf8(bytes).map_err(io::Error::other)?;
    Ok(format!("{mark}{text}"))
}
