//! Where requests come from, as `spec/addresses/` has it, in the form that the target reads.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

use serde_json::Value;

use crate::material::files;

/// Whom a row without `trust` trusts.
const USUAL: &str = "127.0.0.1 10.0.0.0/8 2001:db8:5::/48";

pub(crate) fn seeds(root: &Path) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut seeds = BTreeSet::new();
    let folder = root.join("spec/addresses");
    for path in files(&folder)? {
        if path.extension().is_some_and(|end| end == "json") {
            let file: Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
            let rows = file["rows"].as_array().into_iter().flatten();
            seeds.extend(rows.filter_map(|row| seed(&file, row)));
        }
    }
    let ranges = std::fs::read_to_string(folder.join("ranges/ranges.json"))?;
    let ranges: Vec<Value> = serde_json::from_str(&ranges)?;
    let ranges = ranges.iter().filter_map(|row| row["range"].as_str());
    seeds.extend(ranges.map(str::to_owned));
    Ok(seeds)
}

/// A row whose lines stand there as they are; `None` where they are made.
fn seed(file: &Value, row: &Value) -> Option<String> {
    let of = |member: &str| match &row[member] {
        Value::Null => file[member].clone(),
        value => value.clone(),
    };
    let trust = match of("trust") {
        Value::Null => USUAL.to_owned(),
        Value::String(nobody) => nobody,
        Value::Array(ranges) => {
            let ranges: Vec<_> = ranges.iter().filter_map(Value::as_str).collect();
            ranges.join(" ")
        }
        trust => trust["hops"].to_string(),
    };
    let believe = of("believe");
    let believe = believe.as_str().unwrap_or("X-Forwarded-For");
    let mut seed = vec![row["peer"].as_str().unwrap_or("127.0.0.1"), &trust, believe];
    for header in row["headers"].as_array()? {
        let (name, value) = header.as_str()?.split_once(':')?;
        if name.eq_ignore_ascii_case(believe) {
            seed.push(value.trim_start());
        }
    }
    Some(seed.join("\n"))
}
