use entitlements_core::account::{AccountTerms, TermsError};
use entitlements_core::{AddonName, Catalog, PlanName, Timestamp};

use super::name::{name, wrong_name};
use super::status::SentStatus;
use crate::body::{Fields, Sent};
use crate::refusal::FieldError;

/// The longest name of an account for people, in characters.
const LONGEST_TITLE: usize = 200;

/// What a body says of an account's name and terms.
#[derive(Debug)]
pub(crate) struct SentTerms {
    name: Sent<String>,
    plan: Sent<PlanName>,
    status: SentStatus,
    ends_at: Sent<Timestamp>,
    quantity: Sent<u64>,
    addons: Sent<Vec<AddonName>>,
    license_id: Sent<String>,
}

impl SentTerms {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            name: title(fields),
            plan: name(fields, "plan").map(PlanName::from),
            status: SentStatus::read(fields),
            ends_at: fields.optional_time("ends_at"),
            quantity: fields.optional_integer("quantity"),
            addons: addons(fields),
            license_id: name(fields, "license_id"),
        }
    }

    /// Makes of an account what is said, or says all that is wrong and changes nothing.
    pub(crate) fn apply(
        &self,
        name: &mut String,
        terms: &mut AccountTerms,
        catalog: &Catalog,
        now: Timestamp,
    ) -> Result<(), Vec<FieldError>> {
        let mut problems = Vec::new();
        let mut changed = terms.clone();
        changed.status = self.status.applied_to(terms.status, now, &mut problems);
        self.plan.clone().put_into(&mut changed.plan);
        self.ends_at.put_into(&mut changed.ends_at);
        self.quantity.put_into(&mut changed.quantity);
        self.license_id.clone().put_into(&mut changed.license_id);
        match &self.addons {
            Sent::Absent => {}
            Sent::Null => changed.addons.clear(),
            Sent::Value(addons) => changed.addons.clone_from(addons),
        }
        let changed = changed.in_order();
        if let Err(error) = changed.check(catalog) {
            problems.extend(field_errors(&error));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        match &self.name {
            Sent::Absent => {}
            Sent::Null => name.clear(),
            Sent::Value(new) => name.clone_from(new),
        }
        *terms = changed;
        Ok(())
    }
}

/// What terms cannot be, by the fields of a body.
pub(crate) fn field_errors(error: &TermsError) -> Vec<FieldError> {
    let problems = error.problems().iter().map(|problem| FieldError {
        field: problem.field().into(),
        message: problem.message().into(),
    });
    problems.collect()
}

/// The account's name for people.
fn title(fields: &mut Fields<'_>) -> Sent<String> {
    let text = fields.optional_string("name");
    if let Sent::Value(text) = &text
        && text.chars().nth(LONGEST_TITLE).is_some()
    {
        let message = format!("must have at most {LONGEST_TITLE} characters");
        fields.refuse("name", message);
    }
    text.map(String::from)
}

fn addons(fields: &mut Fields<'_>) -> Sent<Vec<AddonName>> {
    let names = fields.optional_strings("addons");
    if let Sent::Value(names) = &names {
        for name in names {
            if let Some(wrong) = wrong_name(name) {
                fields.refuse("addons", format!("each {wrong}"));
                return Sent::Absent;
            }
        }
    }
    names.map(|names| {
        names
            .into_iter()
            .map(|name| AddonName::from(name.into_owned()))
            .collect()
    })
}
