use super::fields::Fields;
use super::names::Names;
use super::report::{Report, quoted};
use super::sections::Sections;
use super::{Section, definitions};
use crate::catalog::document::{Node, Value};
use crate::catalog::label::Label;
use crate::catalog::table::FeatureId;
use crate::catalog::{FeatureDefinition, FeatureSet};
use crate::strict::text::name_fault;
use crate::suggest::slip_of;

/// C6: the features are those with a table of their own and those that a plan or an add-on lists, unless such a name is
/// so near to one with a table that it is a slip.
pub(super) fn names<'d>(sections: &Sections<'d>) -> Vec<&'d str> {
    let mut names: Vec<_> = sections.features.iter().map(|(name, ..)| *name).collect();
    names.sort_unstable();
    let owners = sections.plans.iter().chain(&sections.addons);
    let mut listed: Vec<_> = owners.flat_map(|(_, _, node)| listed(node)).collect();
    listed.sort_unstable();
    listed.dedup();
    listed.retain(|name| {
        name_fault(name).is_none()
            && names.binary_search(name).is_err()
            && slip_of(name, names.iter().copied()).is_none()
    });
    names.append(&mut listed);
    names
}

/// The strings in the `features` of a plan or an add-on.
fn listed(node: &Node) -> Vec<&str> {
    let Value::Table(entries) = &node.value else {
        return Vec::new();
    };
    let features = entries.iter().filter(|entry| entry.key == "features");
    let arrays = features.filter_map(|entry| {
        if let Value::Array(items) = &entry.node.value {
            Some(items)
        } else {
            None
        }
    });
    let strings = arrays.flatten().filter_map(|item| {
        if let Value::String(text) = &item.value {
            Some(text.as_str())
        } else {
            None
        }
    });
    strings.collect()
}

pub(super) fn definitions(
    tables: &Section<'_>,
    names: &Names<'_, FeatureId>,
    report: &mut Report<'_>,
) -> Vec<FeatureDefinition> {
    let mut labels: Vec<_> = tables
        .iter()
        .filter_map(|(name, spot, node)| {
            let subject = format!("feature {}", quoted(name));
            let fields = Fields::of(spot, node, subject, &definitions::LABEL, report)?;
            Some(definitions::label(name, &fields, report))
        })
        .collect();
    labels.sort_by(|a, b| a.name.cmp(&b.name));
    let bare: Vec<_> = names
        .iter()
        .filter(|name| {
            labels
                .binary_search_by(|label| label.name.as_str().cmp(name))
                .is_err()
        })
        .map(|name| Label {
            name: name.to_owned(),
            ..Label::default()
        })
        .collect();
    labels
        .into_iter()
        .chain(bare)
        .map(|label| FeatureDefinition { label })
        .collect()
}

/// The list `features` of a plan or an add-on.
pub(super) fn list(
    fields: &Fields<'_>,
    names: &Names<'_, FeatureId>,
    report: &mut Report<'_>,
) -> FeatureSet {
    let Some(field) = fields.get("features") else {
        return FeatureSet::default();
    };
    let listed = field.names(report);
    listed
        .iter()
        .filter_map(|(name, spot)| names.look_up(name, fields.subject(), spot, report))
        .collect()
}
