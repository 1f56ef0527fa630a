use std::fmt;
use std::marker::PhantomData;

use super::ResolveAccount;
use crate::{AccountId, RequestHead};

/// The account that the application's authentication put into the request.
///
/// ```
/// use entitlements_core::account::{AccountId, ExtensionAccount};
///
/// // The authentication inserts an `AccountId` itself:
/// let plain = ExtensionAccount::new();
///
/// // or something that knows it:
/// #[derive(Clone)]
/// struct Session { organisation: AccountId }
/// let session = ExtensionAccount::of(|session: &Session| Some(session.organisation.clone()));
/// ```
#[derive(Clone)]
pub struct ExtensionAccount<T = AccountId, F = fn(&T) -> Option<AccountId>> {
    tell: F,
    from: PhantomData<fn(&T)>,
}

impl ExtensionAccount<AccountId, fn(&AccountId) -> Option<AccountId>> {
    /// The [`AccountId`] in the request.
    #[must_use]
    pub fn new() -> Self {
        Self::of(|account: &AccountId| Some(account.clone()))
    }
}

impl Default for ExtensionAccount {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, F: Fn(&T) -> Option<AccountId>> ExtensionAccount<T, F> {
    /// What `tell` says of the `T` in the request.
    #[must_use]
    pub const fn of(tell: F) -> Self {
        Self {
            tell,
            from: PhantomData,
        }
    }
}

impl<T, F> ResolveAccount for ExtensionAccount<T, F>
where
    T: Clone + Send + Sync + 'static,
    F: Fn(&T) -> Option<AccountId> + Send + Sync + 'static,
{
    #[inline(always)]
    fn resolve<H: RequestHead>(&self, head: &H) -> Option<AccountId> {
        (self.tell)(&head.extension::<T>()?)
    }
}

impl<T, F> fmt::Debug for ExtensionAccount<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExtensionAccount<{}>", std::any::type_name::<T>())
    }
}
