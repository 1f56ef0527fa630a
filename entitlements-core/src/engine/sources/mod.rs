//! What the engine is configured with from outside: license keys and revocation lists, from values, files and variables.
//! Bad ones are written down, never fatal.

mod licenses;
mod revocations;
mod token_source;
mod variable;

pub(super) use licenses::take_stored;
pub(super) use revocations::SignedList;
pub(super) use token_source::TokenSource;

use crate::license::{LicenseVerifier, Revocations, sha256_hex};
use crate::{Catalog, Environment, Timestamp};

use super::keys::Keys;
use token_source::{Found, Sought};

/// The places of license keys and revocation lists.
#[derive(Debug, Default)]
pub(super) struct Sources {
    pub(super) licenses: Vec<TokenSource>,
    /// Beside the variables, which are always read.
    pub(super) lists: Vec<TokenSource>,
    pub(super) environment: Environment,
}

impl Sources {
    /// Reads and checks every place, and puts what is found there in the place of what was found before. What a place had stays where
    /// what it has now cannot be used (S8a); what was revoked stays revoked. Gives back the lists that were found, to keep (L16a).
    pub(super) fn read_into(
        &self,
        keys: &mut Keys,
        catalog: &Catalog,
        verifier: &LicenseVerifier,
        now: Timestamp,
    ) -> Vec<SignedList> {
        keys.ignored.clear();
        let licenses = self.find_licenses(catalog, &mut keys.ignored);
        let lists = self.find_lists(&mut keys.ignored);
        keys.read = contents(&licenses).chain(contents(&lists)).collect();
        licenses::take(licenses, verifier, keys);
        let mut revocations: Revocations = (*keys.revocations).clone();
        let lists = revocations::take(lists, verifier, now, &mut revocations, keys);
        keys.revocations = revocations.into();
        lists
    }

    /// What is there now, to compare with what was read: of each place, what tells its content from others, and whether it is whole.
    pub(super) fn look(
        &self,
        catalog: &Catalog,
        verifier: &LicenseVerifier,
        now: Timestamp,
    ) -> Vec<(String, bool)> {
        let licenses = self.find_licenses(catalog, &mut Vec::new());
        let lists = self.find_lists(&mut Vec::new());
        let of_licenses = licenses.iter().map(|found| {
            let found = found.as_ref();
            found.is_none_or(|found| licenses::read(found, verifier).is_ok())
        });
        let of_lists = lists.iter().map(|found| {
            let found = found.as_ref();
            found.is_none_or(|found| revocations::read(found, verifier, now).is_ok())
        });
        let whole = of_licenses.chain(of_lists);
        contents(&licenses)
            .chain(contents(&lists))
            .zip(whole)
            .collect()
    }

    /// Whether any place can change while the program runs.
    pub(super) fn can_change(&self) -> bool {
        let places = self.licenses.iter().chain(&self.lists);
        places.into_iter().any(TokenSource::can_change)
            || revocations::file_is_named(&self.environment)
    }

    fn find_licenses(&self, catalog: &Catalog, ignored: &mut Vec<String>) -> Vec<Option<Found>> {
        let sought = Sought::key(catalog);
        let places = self.licenses.iter();
        places
            .map(|place| place.look(&sought, &self.environment, ignored))
            .collect()
    }

    fn find_lists(&self, ignored: &mut Vec<String>) -> Vec<Option<Found>> {
        let sought = Sought::list();
        let places = self.lists.iter().chain([&TokenSource::Variable]);
        places
            .map(|place| place.look(&sought, &self.environment, ignored))
            .collect()
    }
}

/// Tells the content of each place from others, without keeping it.
fn contents(found: &[Option<Found>]) -> impl Iterator<Item = String> {
    found.iter().map(|found| match found {
        None => String::new(),
        Some(Found { text: Ok(text), .. }) => sha256_hex(text),
        Some(Found { text: Err(why), .. }) => why.clone(),
    })
}
