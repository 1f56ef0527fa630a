//! Makes `corpus/` and `signed.txt` anew from what the tests and the specification hold.
//!
//! `cargo xtask fuzz-corpus` runs it. The same sources give the same files; a seed is named by its content, so nothing is
//! written twice. Files that are not made here, such as the input of a bug that was found, stay.

mod addresses;
mod folder;
mod keys;
mod literals;
mod material;

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

use entitlements_fuzz::vendor;

use folder::Folder;
use keys::Keys;
use material::{Material, PAYLOAD};

/// The claims of a revocation list that is fine.
const LIST: &str = r#"{"iat":1767268800,"revoked":["lic-1"],"revoked_keys":["2025"]}"#;

const REVOCATIONS: &str = r#"{"alg":"EdDSA","typ":"entitlements-revocations+jwt"}"#;

const HEADER: &str = r#"{"alg":"EdDSA"}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent().ok_or("this crate is in the workspace")?;
    let material = Material::read(root)?;
    let key = vendor::signing_key();
    let sign =
        |header: &str, payload: &str| vendor::sign(&key, header.as_bytes(), payload.as_bytes());

    let mut licenses = BTreeSet::from([sign(HEADER, PAYLOAD)]);
    licenses.extend(material.headers.iter().map(|header| sign(header, PAYLOAD)));
    let few = material.payloads.iter().take(material::FEW);
    licenses.extend(few.map(|payload| sign(HEADER, payload)));
    let mut lists = BTreeSet::from([sign(REVOCATIONS, LIST)]);
    lists.extend(material.lists.iter().map(|list| sign(REVOCATIONS, list)));
    let signed: String = [&licenses, &lists]
        .into_iter()
        .flatten()
        .map(|token| format!("{token}\n"))
        .collect();
    std::fs::write(here.join("signed.txt"), signed)?;

    let mut tokens = licenses;
    tokens.extend(material.tokens);
    tokens.extend(material::damaged(&sign(HEADER, PAYLOAD)));
    tokens.extend(lists.first().cloned());
    lists.extend(material::damaged(&sign(REVOCATIONS, LIST)));
    lists.insert(sign(HEADER, LIST));
    lists.insert(sign(HEADER, PAYLOAD));

    let corpus = here.join("corpus");
    write(&corpus, "addresses", addresses::seeds(root)?)?;
    for (target, seeds) in [
        ("catalog", material.catalogs),
        ("claims", &material.payloads | &material.lists),
        ("json", material.json),
        ("revocations", lists),
        ("token", tokens),
    ] {
        write(&corpus, target, seeds)?;
    }
    let keys = Keys::read(root)?;
    write(&corpus, "private_key", keys.private)?;
    write(&corpus, "public_key", keys.public)?;
    Ok(())
}

fn write(corpus: &Path, target: &str, seeds: BTreeSet<impl AsRef<[u8]>>) -> std::io::Result<()> {
    let mut folder = Folder::open(&corpus.join(target))?;
    for seed in seeds {
        folder.add(seed.as_ref())?;
    }
    println!("{target}: {} seeds", folder.seeds());
    Ok(())
}
