#![doc = include_str!("../README.md")]

mod arguments;
mod constants;
mod names;
mod refusal;
mod source;

use proc_macro::{Group, TokenStream, TokenTree};

use arguments::Arguments;
use refusal::Refusal;

/// Makes typed constants of the names in a plan catalog.
///
/// `catalog!("entitlements.toml")` expands in place to the modules `features`, `limits`, `rates`, `plans` and `addons`,
/// each with one constant per name. The path is relative to the folder of the calling crate's `Cargo.toml`, or absolute;
/// a change to the file rebuilds the crate. A crate that reaches the name types by another way than a dependency on
/// `entitlements-core` says so: `catalog!("entitlements.toml", crate = my_platform::entitlements_core)`.
///
/// The [crate documentation](crate) tells which names become which constants.
#[proc_macro]
pub fn catalog(input: TokenStream) -> TokenStream {
    expand(input).unwrap_or_else(Refusal::into_compile_error)
}

fn expand(input: TokenStream) -> Result<TokenStream, Refusal> {
    let arguments = Arguments::parse(input)?;
    let at_path = |message: String| Refusal::new(message, arguments.path_span);

    let file =
        source::locate(&arguments.path, std::env::var_os("CARGO_MANIFEST_DIR")).map_err(at_path)?;
    let text = source::read(&arguments.path, &file).map_err(at_path)?;
    let tracked = source::tracked(&file).map_err(at_path)?;
    let sections =
        names::read(&text).map_err(|why| at_path(format!("`{}`: {why}", arguments.path)))?;
    let modules = constants::write(&sections)
        .map_err(|why| at_path(format!("`{}`: {why}", arguments.path)))?;

    let tokens: TokenStream = format!("{tracked}\n{modules}").parse().map_err(|error| {
        at_path(format!(
            "the constants do not parse, which is a bug in `catalog!`: {error}"
        ))
    })?;
    Ok(with_crate_path(tokens, &arguments.crate_path))
}

/// Puts the path of the crate that has the name types where [`constants::CRATE`] stands for it.
///
/// Tokens, not text, because the `$crate` of a declarative macro cannot be written as text.
fn with_crate_path(tokens: TokenStream, path: &TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(ident) if ident.to_string() == constants::CRATE => path.clone(),
            TokenTree::Group(group) => {
                let mut inner =
                    Group::new(group.delimiter(), with_crate_path(group.stream(), path));
                inner.set_span(group.span());
                TokenTree::from(inner).into()
            }
            other => other.into(),
        })
        .collect()
}
