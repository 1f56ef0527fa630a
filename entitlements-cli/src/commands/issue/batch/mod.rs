//! A license for each row of a CSV file.
//!
//! The file is checked as a whole before the first key is made: what makes it unusable (its columns, its form) is the
//! command line's fault. From then on each row stands for itself: it is issued, or refused with a reason.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use entitlements_core::license::LicenseDraft;
use entitlements_core::{License, Timestamp};

use super::issuer::{self, Issued};
use super::{Args, Terms, draft};
use crate::failure::Failure;
use crate::files::{why, write_private};
use crate::output::Format;
use crate::quote::{self, quoted};
use crate::report::Report;

use progress::Progress;
use sheet::{Row, Sheet};

mod columns;
mod lines;
mod progress;
mod refused_file;
mod report;
mod row;
mod sheet;
#[cfg(test)]
mod tests;

/// A row that became a key.
struct Kept {
    line: usize,
    license: License,
    file: PathBuf,
}

/// A row that did not.
struct Refused<'a> {
    row: &'a Row,
    customer: Option<String>,
    why: Failure,
}

/// What became of the rows.
#[derive(Default)]
struct Outcome<'a> {
    issued: Vec<Kept>,
    refused: Vec<Refused<'a>>,
}

pub(super) fn run(
    args: &Args,
    file: &Path,
    out: &Path,
    format: Format,
    now: Timestamp,
) -> Result<Report, Failure> {
    let sheet = Sheet::read(file)?;
    sheet.check_complete(file, &args.terms)?;
    let mut batch = Batch {
        issue: issuer::open(args)?,
        terms: &args.terms,
        out,
        now,
        lines_of_ids: HashMap::new(),
    };
    make_directory(out)?;
    let progress = Progress::new(sheet.rows.len(), format);
    let mut outcome = Outcome::default();
    for row in &sheet.rows {
        match batch.row(&sheet, row) {
            Ok(kept) => outcome.issued.push(kept),
            Err(why) => outcome.refused.push(Refused {
                row,
                customer: sheet
                    .customer(row)
                    .or(args.terms.customer.as_deref())
                    .map(str::to_owned),
                why,
            }),
        }
        progress.step();
    }
    progress.finish();
    let refused_file = refused_file::write(out, &sheet, &outcome.refused);
    report::report(&outcome, refused_file)
}

/// What all rows share.
struct Batch<'a, I> {
    issue: I,
    terms: &'a Terms,
    out: &'a Path,
    now: Timestamp,
    lines_of_ids: HashMap<String, usize>,
}

impl<I: Fn(&LicenseDraft, Timestamp) -> Result<Issued, Failure>> Batch<'_, I> {
    fn row(&mut self, sheet: &Sheet, row: &Row) -> Result<Kept, Failure> {
        let terms = row::terms(&sheet.columns, &row.cells, self.terms)?;
        if let Some(id) = &terms.id {
            if let Some(line) = self.lines_of_ids.get(id) {
                let message = format!("the id {} is that of line {line} too", quoted(id));
                return Err(Failure::usage(
                    "duplicate_id",
                    message,
                    "give each row its own id",
                ));
            }
            self.lines_of_ids.insert(id.clone(), row.line);
        }
        if terms.customer.is_none() {
            let message = "the license is for nobody";
            return Err(Failure::usage(
                "missing_customer",
                message,
                "fill the column `customer`",
            ));
        }
        let draft = draft::draft(&terms, draft::issued_at(&terms, self.now))?;
        let Issued { key, license } = (self.issue)(&draft, self.now)?;
        let file = self.out.join(file_name(license.id())?);
        write(&file, &key)?;
        Ok(Kept {
            line: row.line,
            license,
            file,
        })
    }
}

/// An id holds no separators of paths (L8), but one character that means something else to Windows.
fn file_name(id: &str) -> Result<String, Failure> {
    if cfg!(windows) && id.contains(':') {
        let message = format!("the id {} cannot name a file here", quoted(id));
        return Err(Failure::usage("file_name", message, "leave out the `:`"));
    }
    Ok(format!("{id}.key"))
}

/// A license key is its customer's property, so nobody else on this machine can read it.
fn write(file: &Path, key: &str) -> Result<(), Failure> {
    write_private(file, &format!("{key}\n")).map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            let message = format!("{} exists already", quote::path(file));
            return Failure::failed("file_exists", message, "choose another id or directory");
        }
        let message = format!("cannot write {}: {}", quote::path(file), why(&error));
        Failure::failed("output", message, "name a directory that can be written to")
    })
}

fn make_directory(out: &Path) -> Result<(), Failure> {
    fs::create_dir_all(out).map_err(|error| {
        let why = why(&error);
        let message = format!("cannot make the directory {}: {why}", quote::path(out));
        Failure::usage(
            "output_directory",
            message,
            "name a directory that can be written to with `--out`",
        )
    })
}
