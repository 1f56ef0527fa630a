//! Licence expressions: `OR` binds loosest, then `AND`, then `WITH`; the old `/` means `OR`.

/// Whether some choice that the expression offers consists of allowed licences alone.
pub(crate) fn is_satisfied(
    expression: &str,
    allowed: impl Fn(&str) -> bool,
) -> Result<bool, String> {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    let verdict = either(&mut words, &allowed)?;
    match words.pop() {
        Some(word) => Err(format!("`{word}` is too much")),
        None => Ok(verdict),
    }
}

fn either(words: &mut Vec<&str>, allowed: &impl Fn(&str) -> bool) -> Result<bool, String> {
    let mut verdict = both(words, allowed)?;
    while words.pop_if(|word| *word == "OR").is_some() {
        verdict |= both(words, allowed)?;
    }
    Ok(verdict)
}

fn both(words: &mut Vec<&str>, allowed: &impl Fn(&str) -> bool) -> Result<bool, String> {
    let mut verdict = one(words, allowed)?;
    while words.pop_if(|word| *word == "AND").is_some() {
        verdict &= one(words, allowed)?;
    }
    Ok(verdict)
}

fn one(words: &mut Vec<&str>, allowed: &impl Fn(&str) -> bool) -> Result<bool, String> {
    match words.pop() {
        Some("(") => {
            let verdict = either(words, allowed)?;
            words
                .pop_if(|word| *word == ")")
                .map(|_| verdict)
                .ok_or_else(|| "a `)` is missing".to_owned())
        }
        Some(word @ (")" | "OR" | "AND" | "WITH")) => {
            Err(format!("`{word}` stands where a licence must"))
        }
        Some(license) if words.pop_if(|word| *word == "WITH").is_some() => {
            let exception = words.pop().ok_or("an exception is missing after `WITH`")?;
            // An exception only permits more, so the bare licence suffices too.
            Ok(allowed(license) || allowed(&format!("{license} WITH {exception}")))
        }
        Some(license) => Ok(allowed(license)),
        None => Err("it ends where a licence must stand".to_owned()),
    }
}

#[test]
fn a_choice_is_enough_and_a_conjunction_needs_all() {
    let allowed = |license: &str| matches!(license, "MIT" | "Apache-2.0" | "Unicode-3.0");
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0-only", false),
        ("MIT OR GPL-3.0-only", true),
        ("GPL-3.0-only/MIT", true),
        ("LGPL-2.1-or-later OR AGPL-3.0-only", false),
        ("MIT AND GPL-3.0-only", false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("(MIT OR GPL-2.0-only) AND LGPL-3.0-only", false),
        ("GPL-2.0-only AND LGPL-3.0-only OR MIT", true),
        ("MIT OR GPL-2.0-only AND LGPL-3.0-only", true),
        ("Apache-2.0 WITH LLVM-exception OR GPL-2.0-only", true),
        ("GPL-2.0-only WITH Classpath-exception-2.0", false),
        ("((MIT))", true),
    ] {
        assert_eq!(
            is_satisfied(expression, allowed),
            Ok(expected),
            "{expression}"
        );
    }
}

#[test]
fn what_is_no_expression_is_an_error_not_a_yes() {
    for expression in [
        "",
        "MIT OR",
        "OR MIT",
        "(MIT",
        "MIT)",
        "MIT Apache-2.0",
        "MIT WITH",
        "()",
    ] {
        assert!(is_satisfied(expression, |_| true).is_err(), "{expression}");
    }
}
