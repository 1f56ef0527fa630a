//! Limits and rates of a draft, each where the catalog's claim names put it.

use std::collections::BTreeMap;

use super::claims::distinct;
use super::{IssueError, LicenseDraft};
use crate::Limit;
use crate::catalog::{ClaimNames, LimitClaims};
use crate::strict::json::ObjectWriter;

/// Claims within claims; a number is at the end of each path.
enum Node<'a> {
    Object(BTreeMap<&'a str, Self>),
    Number { of: &'a str, limit: Limit },
}

pub(super) fn write(
    claims: &mut ObjectWriter,
    draft: &LicenseDraft,
    names: &ClaimNames,
) -> Result<(), IssueError> {
    let mut tree = BTreeMap::new();
    for (name, limit) in distinct("limit", &draft.limits)? {
        let path = match &names.limits {
            LimitClaims::Object(claim) => vec![claim.as_str(), name],
            LimitClaims::Flat(flat) => vec![claim_of("limit", flat, name)?],
        };
        put(&mut tree, &path, name, *limit)?;
    }
    for (name, limit) in distinct("rate", &draft.rates)? {
        let path: Vec<&str> = claim_of("rate", &names.rates, name)?.split('.').collect();
        put(&mut tree, &path, name, *limit)?;
    }
    write_members(claims, &tree, names)
}

fn claim_of<'a>(
    what: &'static str,
    claims: &'a BTreeMap<String, String>,
    name: &str,
) -> Result<&'a str, IssueError> {
    let claim = claims.get(name).ok_or_else(|| IssueError::NoClaim {
        what,
        name: name.to_owned(),
    })?;
    Ok(claim)
}

/// Nothing is read where another number's path goes through, so nothing is written there.
fn put<'a>(
    members: &mut BTreeMap<&'a str, Node<'a>>,
    path: &[&'a str],
    of: &'a str,
    limit: Limit,
) -> Result<(), IssueError> {
    let taken = || IssueError::NoClaim {
        what: "limit or rate",
        name: of.to_owned(),
    };
    match path {
        [] => Err(taken()),
        [last] => match members.insert(last, Node::Number { of, limit }) {
            None => Ok(()),
            Some(_) => Err(taken()),
        },
        [first, rest @ ..] => {
            let node = members
                .entry(first)
                .or_insert_with(|| Node::Object(BTreeMap::new()));
            match node {
                Node::Object(members) => put(members, rest, of, limit),
                Node::Number { .. } => Err(taken()),
            }
        }
    }
}

fn write_members(
    object: &mut ObjectWriter,
    members: &BTreeMap<&str, Node<'_>>,
    names: &ClaimNames,
) -> Result<(), IssueError> {
    for (member, node) in members {
        match node {
            Node::Object(members) => {
                let mut inner = ObjectWriter::new();
                write_members(&mut inner, members, names)?;
                object.object(member, inner);
            }
            Node::Number { of, limit } => write_number(object, member, of, *limit, names)?,
        }
    }
    Ok(())
}

fn write_number(
    object: &mut ObjectWriter,
    member: &str,
    of: &str,
    limit: Limit,
    names: &ClaimNames,
) -> Result<(), IssueError> {
    match (limit, names.unlimited.first()) {
        // Written as it is, it would come back as unlimited.
        (Limit::AtMost(number), _) if names.unlimited.contains(&number.into()) => {
            return Err(IssueError::MeansUnlimited {
                name: of.to_owned(),
                number,
            });
        }
        (Limit::AtMost(most), _) => object.number(member, most),
        (Limit::Unlimited, Some(word)) => object.number(member, *word),
        (Limit::Unlimited, None) => object.null(member),
    };
    Ok(())
}
