//! From arguments to what the license shall say.

use entitlements_core::license::LicenseDraft;
use entitlements_core::{Limit, Timestamp};

use super::Terms;
use crate::failure::Failure;
use crate::time_arg::{days_after, whole_seconds};

/// When a license is issued: now, unless its terms say.
pub(super) fn issued_at(terms: &Terms, now: Timestamp) -> Timestamp {
    whole_seconds(terms.issued_at.unwrap_or(now))
}

pub(super) fn draft(terms: &Terms, issued_at: Timestamp) -> Result<LicenseDraft, Failure> {
    let expires_at = expiry(terms, issued_at)?;
    let mut draft = LicenseDraft::new(terms.customer.as_deref().unwrap_or_default())
        .issued_at(issued_at)
        .expires_at(expires_at);
    if let Some(plan) = &terms.plan {
        draft = draft.plan(plan);
    }
    draft = terms.features.iter().fold(draft, LicenseDraft::feature);
    draft = terms
        .without_features
        .iter()
        .fold(draft, LicenseDraft::without_feature);
    draft = terms
        .limits
        .iter()
        .fold(draft, |draft, (name, limit)| draft.limit(name, *limit));
    draft = terms
        .rates
        .iter()
        .fold(draft, |draft, (name, requests)| draft.rate(name, *requests));
    draft = terms.addons.iter().fold(draft, LicenseDraft::addon);
    draft = terms
        .deployments
        .iter()
        .fold(draft, LicenseDraft::deployment);
    if let Some(time) = terms.not_before {
        draft = draft.not_before(time);
    }
    if let Some(days) = terms.grace_days {
        draft = draft.grace_days(days);
    }
    if let Some(fingerprint) = &terms.instance {
        draft = draft.instance(fingerprint);
    }
    if let Some(id) = &terms.id {
        draft = draft.id(id);
    }
    Ok(if terms.trial { draft.trial() } else { draft })
}

fn expiry(terms: &Terms, issued_at: Timestamp) -> Result<Timestamp, Failure> {
    let expires_at = match (terms.term.expires, terms.term.days) {
        (Some(expires), _) => whole_seconds(expires),
        (None, Some(days)) => days_after(issued_at, days).ok_or_else(|| {
            let message = format!("`--days {days}` ends after the year 9999");
            Failure::usage("expiry", message, "give fewer days")
        })?,
        (None, None) => {
            let action = "give `--expires` or `--days`";
            return Err(Failure::usage("expiry", "the license has no end", action));
        }
    };
    let begins = [
        ("is issued", Some(issued_at)),
        ("begins", terms.not_before.map(whole_seconds)),
    ];
    for (what, time) in begins {
        if let Some(time) = time.filter(|time| *time > expires_at) {
            let message =
                format!("the license would end on {expires_at}, before it {what} on {time}");
            return Err(Failure::usage(
                "expiry",
                message,
                "give a later `--expires`, or more `--days`",
            ));
        }
    }
    Ok(expires_at)
}

/// `users=50` or `nodes=unlimited`.
pub(super) fn number(text: &str) -> Result<(String, Limit), String> {
    let form = || "not of the form `users=50` or `users=unlimited`".to_owned();
    let (name, number) = text
        .rsplit_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(form)?;
    if number == "unlimited" {
        return Ok((name.to_owned(), Limit::Unlimited));
    }
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(form());
    }
    let most = number
        .parse()
        .map_err(|_| format!("larger than {}", u64::MAX))?;
    Ok((name.to_owned(), Limit::AtMost(most)))
}

#[cfg(test)]
mod tests {
    use entitlements_core::Limit;

    use super::number;

    #[test]
    fn a_limit_is_a_name_and_a_plain_number_or_unlimited() {
        let parsed = |name: &str, limit| Ok((name.to_owned(), limit));
        assert_eq!(number("users=50"), parsed("users", Limit::AtMost(50)));
        assert_eq!(number("users=0"), parsed("users", Limit::AtMost(0)));
        assert_eq!(
            number("users=18446744073709551615"),
            parsed("users", Limit::AtMost(u64::MAX))
        );
        assert_eq!(number("a=b=unlimited"), parsed("a=b", Limit::Unlimited));
        for text in [
            "",
            "users",
            "users=",
            "=5",
            "users=-1",
            "users=+5",
            "users=5.0",
            "users=1e3",
            "users= 5",
            "users=18446744073709551616",
            "users=Unlimited",
            "users=٣",
        ] {
            assert!(number(text).is_err(), "{text}");
        }
    }
}
