//! Why a call of the macro is refused.

use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

/// One line for the developer, and the place in their code that it is about.
pub(crate) struct Refusal {
    message: String,
    span: Span,
}

impl Refusal {
    pub(crate) fn new(message: impl Into<String>, span: Span) -> Self {
        Self {
            message: message.into(),
            span,
        }
    }

    /// `::core::compile_error! { "…" }`, which stands wherever items and statements do.
    pub(crate) fn into_compile_error(self) -> TokenStream {
        let colons = || {
            [
                Punct::new(':', Spacing::Joint),
                Punct::new(':', Spacing::Alone),
            ]
            .map(TokenTree::from)
        };
        let ident = |name| TokenTree::from(Ident::new(name, self.span));
        let message = TokenTree::from(Literal::string(&self.message));
        let body = Group::new(Delimiter::Brace, message.into());

        let mut tokens: Vec<TokenTree> = Vec::new();
        tokens.extend(colons());
        tokens.push(ident("core"));
        tokens.extend(colons());
        tokens.push(ident("compile_error"));
        tokens.push(Punct::new('!', Spacing::Alone).into());
        tokens.push(body.into());
        tokens
            .into_iter()
            .map(|mut token| {
                token.set_span(self.span);
                token
            })
            .collect()
    }
}
