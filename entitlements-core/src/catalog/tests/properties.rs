use proptest::prelude::*;

use super::{CONTRACT, forms};
use crate::catalog::{Catalog, CatalogError};

/// What every answer must be, whatever was read.
fn sound(answer: &Result<Catalog, CatalogError>) {
    match answer {
        Err(error) => {
            assert!(!error.mistakes().is_empty());
            assert_eq!(
                error.to_string().lines().count(),
                error.mistakes().len(),
                "{error}"
            );
        }
        Ok(catalog) => {
            for (_, plan) in catalog.plans() {
                for (limit, _) in catalog.limits() {
                    let _ = plan.limit(limit);
                }
                assert_eq!(catalog.plan(plan.name()), Some(plan));
            }
        }
    }
}

/// `text` with the bytes from `at` on replaced by `with`, wherever that is.
fn mutated(text: &str, at: usize, removed: usize, with: &str) -> String {
    let (before, rest) = text.split_at(text.floor_char_boundary(at % text.len()));
    let (_, after) = rest.split_at(rest.floor_char_boundary(removed));
    format!("{before}{with}{after}")
}

proptest! {
    #[test]
    fn never_panics_on_arbitrary_text(text in any::<String>()) {
        sound(&Catalog::from_toml(&text));
        sound(&Catalog::from_json(&text));
    }

    #[test]
    fn never_panics_on_arbitrary_bytes(bytes in any::<Vec<u8>>()) {
        sound(&Catalog::from_json(bytes));
    }

    #[test]
    fn never_panics_on_near_toml(text in r##"([\[\]{}=,.'"#\n a-c0-9-]|schema|product|plans|limits|features){0,60}"##) {
        sound(&Catalog::from_toml(&text));
    }

    #[test]
    fn never_panics_on_mutated_catalogs(at in any::<usize>(), removed in 0_usize..40, with in r#"[ -~é\n]{0,8}"#) {
        sound(&Catalog::from_toml(&mutated(CONTRACT, at, removed, &with)));
        sound(&Catalog::from_json(mutated(forms::JSON, at, removed, &with)));
    }

    #[test]
    fn never_panics_on_moved_lines(from in 0_usize..80, to in 0_usize..80) {
        let mut lines: Vec<_> = CONTRACT.lines().collect();
        let line = lines.remove(from % lines.len());
        lines.insert(to % lines.len(), line);
        sound(&Catalog::from_toml(&lines.join("\n")));
    }
}

#[test]
fn deep_nesting_is_an_answer_and_not_an_overflow() {
    let key = vec!["a"; 79].join(".");
    for text in [
        format!("{}1{}", format!("{key} = {{ ").repeat(8), "}".repeat(8)),
        format!("{}1{}", "a = { ".repeat(50_000), "}".repeat(50_000)),
        format!("a = {}{}", "[".repeat(50_000), "]".repeat(50_000)),
        format!("{} = 1", vec!["a"; 50_000].join(".")),
        format!("a = \"\"\"\\\"{}", "{ b = ".repeat(50_000)),
        format!("a = '{}\n", "{ b = ".repeat(50_000)),
    ] {
        sound(&Catalog::from_toml(&text));
        sound(&Catalog::from_json(&text));
    }
}
