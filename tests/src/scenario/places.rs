//! How keys and lists come to the engine: as the program says, by variables, in files.

use std::ffi::OsString;
use std::path::PathBuf;

use entitlements_core::{EntitlementsBuilder, Environment};
use tempfile::TempDir;

use super::held::Place;
use super::model::Scenario;

const DEPLOYMENT: &str = "ENTITLEMENTS_DEPLOYMENT_ID";
const REVOCATIONS: &str = "ENTITLEMENTS_REVOCATIONS";

/// Where a text goes that the program gives, by itself or as a file.
type Given<T> = fn(EntitlementsBuilder, T) -> EntitlementsBuilder;

/// The variables and files of one scenario.
struct Places<'a> {
    variables: Vec<(String, OsString)>,
    files: &'a TempDir,
    written: usize,
}

/// Gives the engine everything that is there at its start; `variable` is the catalog's.
pub(super) fn fill(
    mut builder: EntitlementsBuilder,
    scenario: &Scenario,
    variable: &str,
    files: &TempDir,
) -> EntitlementsBuilder {
    let mut places = Places {
        variables: Vec::new(),
        files,
        written: 0,
    };
    for held in &scenario.licenses {
        let key = held.text(scenario.machine.as_ref());
        builder = places.put(
            builder,
            (held.place, variable),
            key,
            EntitlementsBuilder::license_key,
            EntitlementsBuilder::license_file,
        );
    }
    if !places.variables.is_empty() {
        builder = builder.license_from_env();
    }
    for held in &scenario.revocations {
        builder = places.put(
            builder,
            (held.place, REVOCATIONS),
            held.text(),
            EntitlementsBuilder::revocations,
            EntitlementsBuilder::revocations_file,
        );
    }
    if let Some(deployment) = &scenario.deployment {
        places.set(DEPLOYMENT.to_owned(), deployment);
    }
    builder.environment(Environment::of(places.variables))
}

impl Places<'_> {
    fn put(
        &mut self,
        builder: EntitlementsBuilder,
        (place, variable): (Place, &str),
        text: Option<String>,
        by_program: Given<String>,
        by_file: Given<PathBuf>,
    ) -> EntitlementsBuilder {
        match place {
            Place::Flag => by_program(builder, text.expect("a flag has something in it")),
            Place::File => by_file(builder, self.file(text)),
            Place::Variable => {
                let text = text.expect("a variable has something in it");
                self.set(variable.to_owned(), text);
                builder
            }
            Place::VariableFile => {
                let path = self.file(text);
                self.set(format!("{variable}_FILE"), path);
                builder
            }
        }
    }

    fn set(&mut self, variable: String, value: impl Into<OsString>) {
        self.variables.push((variable, value.into()));
    }

    /// A file with this text; where there is none, a path that nothing is at.
    fn file(&mut self, text: Option<String>) -> PathBuf {
        self.written += 1;
        let path = self.files.path().join(self.written.to_string());
        if let Some(text) = text {
            std::fs::write(&path, text).expect("a file can be written");
        }
        path
    }
}
