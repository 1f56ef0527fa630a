use crate::body::{Fields, Sent};

/// No name of a catalog that anybody types is longer, in characters; what is longer is not sent back.
pub(crate) const LONGEST_NAME: usize = 128;

/// A name that is short enough to be sent back.
pub(super) fn name(fields: &mut Fields<'_>, field: &str) -> Sent<String> {
    match fields.optional_string(field) {
        Sent::Value(name) => match wrong_name(&name) {
            Some(wrong) => {
                fields.refuse(field, wrong);
                Sent::Absent
            }
            None => Sent::Value(name.into_owned()),
        },
        Sent::Null => Sent::Null,
        Sent::Absent => Sent::Absent,
    }
}

/// What is wrong with a text that is to be a name, if anything is.
pub(super) fn wrong_name(text: &str) -> Option<String> {
    let length = text.chars().take(LONGEST_NAME + 1).count();
    let fits = (1..=LONGEST_NAME).contains(&length);
    (!fits).then(|| format!("must have 1 to {LONGEST_NAME} characters"))
}
