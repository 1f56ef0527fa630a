//! One account in one line of the processor's cache, so that looking one up among a million waits for memory once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::{ArcSwapOption, Guard};

use crate::Timestamp;
use crate::account::{Account, AccountId, SharedTerms, Terms};

/// What an account is looked for by.
pub(super) struct Key<'a> {
    account: &'a AccountId,
    pub(super) hash: u64,
    words: [u64; 4],
    /// Never zero.
    last: u64,
}

/// In the highest byte of a key's last word, above the length of a short id.
const SHORT: u64 = 1 << 63;
/// In its place for ids that a line has no room for: no short id is that long.
const LONG: u64 = 0xff << 56;

impl<'a> Key<'a> {
    #[inline(always)]
    pub(super) fn new(account: &'a AccountId, hash: u64) -> Self {
        let (words, last) = match account.short() {
            Some([a, b, c, d, last]) => ([a, b, c, d], last | SHORT),
            // The rest of it is kept and compared elsewhere.
            None => ([hash; 4], hash | LONG),
        };
        Self {
            account,
            hash,
            words,
            last,
        }
    }

    #[inline]
    const fn is_long(&self) -> bool {
        self.last & LONG == LONG
    }
}

/// A place for an account. Whose it is, is written once: a place is never given to another.
#[derive(Default)]
#[repr(align(64))]
pub(super) struct Line {
    words: [AtomicU64; 4],
    /// Zero as long as nobody has the place; written last.
    last: AtomicU64,
    /// The number of the terms and one more, so that most readers need nothing else; zero once the account was removed.
    number: AtomicU64,
    terms: ArcSwapOption<Terms>,
    details: ArcSwapOption<Details>,
}

/// What most accounts of most products have none of.
pub(super) struct Details {
    name: String,
    /// An id that the line has no room for.
    id: Option<AccountId>,
}

/// Whose a line is.
pub(super) enum Whose {
    Nobodys,
    Anothers,
    Its,
}

/// What is kept of an account.
#[derive(Clone)]
pub(super) struct Row {
    terms: Arc<Terms>,
    pub(super) created_at: Timestamp,
    details: Option<Arc<Details>>,
}

impl Row {
    pub(super) fn new(
        id: &AccountId,
        name: String,
        terms: SharedTerms,
        created_at: Timestamp,
    ) -> Self {
        let id = id.short().is_none().then(|| id.clone());
        let is_needed = id.is_some() || !name.is_empty();
        Self {
            terms: terms.into_inner(),
            created_at,
            details: is_needed.then(|| Arc::new(Details { name, id })),
        }
    }

    pub(super) fn account(&self, id: AccountId) -> Account {
        let terms = SharedTerms::from_inner(Arc::clone(&self.terms));
        Account::new(id, terms, self.created_at).named(self.name())
    }

    pub(super) fn name(&self) -> &str {
        self.details.as_deref().map_or("", |details| &details.name)
    }

    /// Whether nobody wrote since this was read.
    pub(super) fn is_still(&self, now: &Self) -> bool {
        let details = |row: &Self| row.details.as_ref().map(Arc::as_ptr);
        Arc::ptr_eq(&self.terms, &now.terms)
            && details(self) == details(now)
            && self.created_at == now.created_at
    }
}

impl Line {
    /// An account's line, which nobody reads yet.
    pub(super) fn new(key: &Key<'_>, row: Row) -> Self {
        Self {
            words: key.words.map(AtomicU64::new),
            last: AtomicU64::new(key.last),
            number: AtomicU64::new(row.terms.number() + 1),
            terms: ArcSwapOption::new(Some(row.terms)),
            details: ArcSwapOption::new(row.details),
        }
    }
}

/// What anybody may read at any time.
impl Line {
    /// The last word of whose it is, from which on the others may be read.
    #[inline(always)]
    pub(super) fn last(&self) -> u64 {
        self.last.load(Ordering::Acquire)
    }

    /// Whose it is, by the last word of that.
    #[inline(always)]
    pub(super) fn whose(&self, last: u64, key: &Key<'_>) -> Whose {
        match last {
            0 => Whose::Nobodys,
            last if last == key.last && self.has(key) => Whose::Its,
            _ => Whose::Anothers,
        }
    }

    #[inline(always)]
    fn has(&self, key: &Key<'_>) -> bool {
        let words = self.words.iter().zip(key.words);
        let mut same = words.map(|(word, of_key)| word.load(Ordering::Relaxed) == of_key);
        same.all(|same| same) && (!key.is_long() || self.has_long(key.account))
    }

    #[cold]
    fn has_long(&self, account: &AccountId) -> bool {
        let details = self.details.load();
        details.as_ref().and_then(|details| details.id.as_ref()) == Some(account)
    }

    /// The number of the account's terms; none once it was removed.
    #[inline(always)]
    pub(super) fn number(&self) -> Option<u64> {
        self.number.load(Ordering::Acquire).checked_sub(1)
    }

    #[inline]
    pub(super) fn terms(&self) -> Guard<Option<Arc<Terms>>> {
        self.terms.load()
    }

    /// Whose it is; none as long as nobody has it.
    pub(super) fn id(&self) -> Option<AccountId> {
        match self.last() {
            0 => None,
            last if last & LONG == LONG => self.details.load().as_ref()?.id.clone(),
            last => {
                let [a, b, c, d] = self.words.each_ref();
                let [a, b, c, d] = [a, b, c, d].map(|word| word.load(Ordering::Relaxed));
                Some(AccountId::from_short_words([a, b, c, d, last & !SHORT]))
            }
        }
    }
}

/// What only one at a time may do, as the table sees to.
impl Line {
    /// Whether an account is there, and was not removed.
    pub(super) fn is_live(&self) -> bool {
        self.number().is_some()
    }

    /// None where the account was removed, or nobody has the line.
    pub(super) fn row(&self, created_at: Timestamp) -> Option<Row> {
        Some(Row {
            terms: self.terms.load_full()?,
            created_at,
            details: self.details.load_full(),
        })
    }

    /// Gives the place to an account that nobody finds until this is done.
    pub(super) fn take(&self, key: &Key<'_>, row: Row) {
        for (word, of_key) in self.words.iter().zip(key.words) {
            word.store(of_key, Ordering::Relaxed);
        }
        self.write(row);
        self.last.store(key.last, Ordering::Release);
    }

    pub(super) fn write(&self, row: Row) {
        let number = row.terms.number() + 1;
        self.details.store(row.details);
        self.terms.store(Some(row.terms));
        self.number.store(number, Ordering::Release);
    }

    /// Forgets the account. The place stays its own, and an id that is kept beside it stays there.
    pub(super) fn clear(&self) {
        self.number.store(0, Ordering::Release);
        self.terms.store(None);
        let id = self
            .details
            .load()
            .as_ref()
            .and_then(|details| details.id.clone());
        let rest = id.map(|id| Details {
            name: String::new(),
            id: Some(id),
        });
        self.details.store(rest.map(Arc::new));
    }
}
