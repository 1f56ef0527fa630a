//! What the vendor sold: a CSV file with the ids of licenses, and how many clusters and nodes each may have.

use std::collections::BTreeMap;
use std::path::Path;

use entitlements_outbound::heartbeat::license_fingerprint;

use crate::failure::Failure;
use crate::files::read_regular;
use crate::quote;

const MOST_BYTES: usize = 64 * 1024 * 1024;

/// What was sold, by the fingerprint that beats name a license by.
#[derive(Debug, Default)]
pub(super) struct Sold(BTreeMap<String, Terms>);

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) id: String,
    pub(super) clusters: u32,
    /// None where any number is fine.
    pub(super) nodes: Option<u32>,
}

impl Sold {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let read = read_regular(path, MOST_BYTES).and_then(|bytes| Self::parse(&bytes));
        read.map_err(|why| {
            Failure::usage(
                "licenses",
                format!("the licenses {}: {why}", quote::path(path)),
                "give a CSV file with the column `license` (ids), and if need be `clusters` and `nodes` (numbers)",
            )
        })
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > MOST_BYTES {
            return Err("it is larger than 64 MiB".to_owned());
        }
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(bytes);
        let header = reader
            .headers()
            .map_err(|_| "it is not CSV in UTF-8")?
            .clone();
        let known = ["license", "clusters", "nodes"];
        if let Some(other) = header.iter().find(|name| !known.contains(name)) {
            return Err(format!("the column {} is not known", quote::quoted(other)));
        }
        let column = |name: &str| header.iter().position(|other| other == name);
        let license = column("license").ok_or("the column `license` is missing")?;
        let mut sold = BTreeMap::new();
        for row in reader.records() {
            let row = row.map_err(|_| "a row is not CSV with as many cells as columns")?;
            let line = row.position().map_or(0, csv::Position::line);
            let number = |name: &str| match column(name).and_then(|column| row.get(column)) {
                None | Some("") => Ok(None),
                Some(text) => match text.parse::<u32>() {
                    Ok(number) if number > 0 => Ok(Some(number)),
                    _ => Err(format!("line {line}: `{name}` is not a number above 0")),
                },
            };
            let id = row.get(license).unwrap_or_default();
            if id.is_empty() {
                return Err(format!("line {line}: `license` is empty"));
            }
            let terms = Terms {
                id: id.to_owned(),
                clusters: number("clusters")?.unwrap_or(1),
                nodes: number("nodes")?,
            };
            if sold.insert(license_fingerprint(id), terms).is_some() {
                return Err(format!("line {line}: the license is there twice"));
            }
        }
        Ok(Self(sold))
    }

    pub(super) fn terms(&self, license: &str) -> Option<&Terms> {
        self.0.get(license)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_was_sold() {
        let sold = Sold::parse(b"license,nodes,clusters\nlic_1,5,2\n lic_2 ,,\n").unwrap();
        let terms = |id: &str, clusters, nodes| Terms {
            id: id.to_owned(),
            clusters,
            nodes,
        };
        let found = |id| sold.terms(&license_fingerprint(id));
        assert_eq!(found("lic_1"), Some(&terms("lic_1", 2, Some(5))));
        assert_eq!(found("lic_2"), Some(&terms("lic_2", 1, None)));
        assert_eq!(found("lic_3"), None);
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, part) in [
            ("", "`license` is missing"),
            ("id\nlic_1\n", "`id` is not known"),
            (
                "license\nlic_1\nlic_1\n",
                "line 3: the license is there twice",
            ),
            ("license,nodes\nlic_1,x\n", "line 2: `nodes`"),
            ("license,clusters\nlic_1,0\n", "line 2: `clusters`"),
            ("license,clusters\nlic_1\n", "as many cells"),
            ("license,nodes\n,1\n", "line 2: `license` is empty"),
        ] {
            let why = Sold::parse(text.as_bytes()).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }
}
