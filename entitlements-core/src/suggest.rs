//! The nearest right name to a wrong one.

/// The candidate that `wrong` was most likely meant to be, if any is near enough to be worth saying.
pub(crate) fn nearest<'a>(
    wrong: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Longer words are compared by nobody who mistyped them, and the comparison is quadratic.
    if wrong.len() > 64 {
        return None;
    }
    let allowed = wrong.chars().count().div_ceil(3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= 64)
        .map(|candidate| (distance(&fold(wrong), &fold(candidate)), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The candidate that `wrong` can hardly be meant to differ from: near enough not to let it stand as a name of its own.
///
/// Stricter than [`nearest`], which only helps. Names that differ in a digit are of a kind (`api_v1`, `api_v2`), and short
/// names differ by a letter as a matter of course (`sso`, `ssh`).
pub(crate) fn slip_of<'a>(
    wrong: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let folded = fold(wrong);
    candidates
        .into_iter()
        .filter(|candidate| wrong.len() <= 64 && candidate.len() <= 64)
        .find(|candidate| is_slip(&folded, &fold(candidate)))
}

fn is_slip(wrong: &[char], right: &[char]) -> bool {
    let longer = wrong.len().max(right.len());
    match distance(wrong, right) {
        0 => true,
        1 if wrong.len() != right.len() => longer >= 4,
        1 => {
            let differing: Vec<_> = wrong.iter().zip(right).filter(|(a, b)| a != b).collect();
            match differing.as_slice() {
                [(a, b)] if a.is_ascii_digit() && b.is_ascii_digit() => false,
                [(a, b)] => longer >= 5 || look_alike(**a, **b),
                _ => longer >= 3, // neighbours swapped
            }
        }
        2 => longer >= 8 && !wrong.iter().chain(right).any(char::is_ascii_digit),
        _ => false,
    }
}

fn look_alike(a: char, b: char) -> bool {
    let pairs = [('0', 'o'), ('1', 'l'), ('1', 'i'), ('l', 'i')];
    pairs.contains(&(a, b)) || pairs.contains(&(b, a))
}

/// `default-plan` and `DefaultPlan` are one mistake away from `default_plan`, not three.
fn fold(name: &str) -> Vec<char> {
    name.chars()
        .map(|c| {
            if c == '-' || c == ' ' {
                '_'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect()
}

/// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, a) in from.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, b) in to.iter().enumerate() {
            let at =
                |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&last, column) + usize::from(a != b);
            let mut best = replaced
                .min(at(&last, column + 1) + 1)
                .min(at(&next, column) + 1);
            let swapped = row > 0
                && column > 0
                && from.get(row - 1) == Some(b)
                && to.get(column - 1) == Some(a);
            if swapped {
                best = best.min(at(&before_last, column - 1) + 1);
            }
            next.push(best);
        }
        before_last = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{nearest, slip_of};

    #[test]
    fn tells_slips_from_names_of_their_own() {
        for (wrong, right, slip) in [
            ("ssso", "sso", true),
            ("ss0", "sso", true),
            ("sos", "sso", true),
            ("SSO", "sso", true),
            ("audti", "audit", true),
            ("audot", "audit", true),
            ("reports", "report", true),
            ("ip_alowlst", "ip_allowlist", true),
            ("ssh", "sso", false),
            ("a", "b", false),
            ("f1", "f2", false),
            ("api_v1", "api_v2", false),
            ("export_pdf", "export_csv", false),
            ("edit", "audit", false),
            ("scim", "sso", false),
        ] {
            assert_eq!(
                slip_of(wrong, [right]).is_some(),
                slip,
                "{wrong} for {right}"
            );
        }
    }

    #[test]
    fn finds_what_was_meant() {
        let names = ["default_plan", "plan_order", "sso", "audit", "upgrade_url"];
        for (wrong, right) in [
            ("defualt_plan", Some("default_plan")),
            ("default-plan", Some("default_plan")),
            ("Plan_Order", Some("plan_order")),
            ("ssso", Some("sso")),
            ("sos", Some("sso")),
            ("upgradeurl", Some("upgrade_url")),
            ("quota", None),
            ("", None),
        ] {
            assert_eq!(nearest(wrong, names), right, "{wrong}");
        }
    }
}
