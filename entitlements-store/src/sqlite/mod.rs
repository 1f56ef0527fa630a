//! SQLite.
//!
//! - `address.rs`: how a database is named;
//! - `file.rs`: what is in its place, and a new one that is never half there;
//! - `open.rs`: from an address to a pool;
//! - `migrations.rs`: the tables;
//! - `busy.rs`: others at work on the same file;
//! - `fault.rs`: what SQLite says, in words for the operator;
//! - `state.rs`: the port of what outlasts the process;
//! - `audit/`: the port of audit records;
//! - `allowlists/`: the port of allowlists.

mod address;
mod allowlists;
mod audit;
mod busy;
mod fault;
mod file;
mod migrations;
mod open;
mod state;

pub use migrations::Migrated;

use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use sqlx::SqlitePool;
use tokio::sync::OnceCell;

use crate::StoreError;
use address::Address;
use open::Opened;

/// Keeps things in a database of SQLite, which several processes may share.
///
/// Cheap to clone: clones are one store. Its calls need a runtime of tokio, with time. What was answered with success is there after a loss of
/// power, and each call happens whole or not at all.
///
/// A database that [`open`](Self::open) or [`lazy`](Self::lazy) makes is for its owner alone, with what SQLite has beside it. It is in WAL mode, so it needs a
/// disk of this machine, not a share on the network.
///
/// ```
/// use entitlements_core::{Entitlements, testing};
/// use entitlements_store::SqliteStore;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// # let folder = tempfile::tempdir()?;
/// # let database = format!("sqlite:{}/acme.db", folder.path().display());
/// let store = SqliteStore::lazy(&database)?; // such as `sqlite:///var/lib/acme/acme.db`
/// let (engine, _upkeep) = Entitlements::builder()
///     .catalog(testing::catalog())
///     .license_store(store.clone())
///     .allowlists(store.clone())
///     .audit(store)
///     .build()
///     .await?;
/// # assert!(engine.current().set().errors().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
}

struct Inner {
    /// None where the application opened the database itself.
    address: Option<Address>,
    opened: OnceCell<Opened>,
}

impl SqliteStore {
    /// Opens a database now, and makes it where it is missing, with its folder: a path, or a URL such as
    /// `sqlite:///var/lib/acme/acme.db`. Its tables are brought up to date.
    ///
    /// The database may be the application's own: only tables whose names begin with `entitlements_` are touched.
    ///
    /// # Errors
    /// Where none is named that can be opened, what is in its place is damaged or no file, or a newer version made its tables. It is left as
    /// it is. A program whose database must not stop it takes [`lazy`](Self::lazy).
    ///
    /// # Cancel safety
    /// A dropped future leaves a whole database or none, and at most a file beside it whose name ends with `.new-` and digits.
    pub async fn open(database: impl AsRef<OsStr>) -> Result<Self, StoreError> {
        let store = Self::lazy(database)?;
        store.opened().await?;
        Ok(store)
    }

    /// As [`open`](Self::open), but only when it is first used: a program starts whatever became of its database, each call says
    /// what is wrong with it, and the first one after that is mended goes through.
    ///
    /// # Errors
    /// Where none is named that can be opened: what is wrong with the setting is said at once.
    pub fn lazy(database: impl AsRef<OsStr>) -> Result<Self, StoreError> {
        let address = Address::parse(database.as_ref())?;
        Ok(Self {
            inner: Arc::new(Inner {
                address: Some(address),
                opened: OnceCell::new(),
            }),
        })
    }

    /// Takes the application's pool, and brings the tables in its database up to date.
    ///
    /// The pool's settings stay as they are. What was answered survives a loss of power only with `synchronous` at `FULL`, which is SQLite's default; several
    /// processes need a busy timeout, and a database in memory one connection that stays.
    ///
    /// # Errors
    /// Where the tables cannot be made, or a newer version made them.
    pub async fn from_pool(pool: SqlitePool) -> Result<Self, StoreError> {
        let opened = Opened::of(pool).await?;
        Ok(Self {
            inner: Arc::new(Inner {
                address: None,
                opened: OnceCell::new_with(Some(opened)),
            }),
        })
    }

    /// Makes the database where it is missing and brings its tables up to date, for those who do that apart from
    /// starting the program. [`open`](Self::open) does it too.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn migrate(database: impl AsRef<OsStr>) -> Result<Migrated, StoreError> {
        let store = Self::open(database).await?;
        let migrated = store.opened().await?.migrated.clone();
        store.close().await;
        Ok(migrated)
    }

    /// Waits until all that is under way is done, and closes the database; every call fails from then on.
    ///
    /// Nothing is lost without it, but what SQLite has beside the file stays there until the file is opened again.
    pub async fn close(&self) {
        if let Some(opened) = self.inner.opened.get() {
            opened.pool.close().await;
        }
    }

    /// The open database, and still the same file.
    async fn opened(&self) -> Result<&Opened, StoreError> {
        let open = || async {
            match &self.inner.address {
                Some(address) => Opened::at(address).await,
                // A store of a pool is made open.
                None => Err(open::never_opened()),
            }
        };
        let opened = self.inner.opened.get_or_try_init(open).await?;
        opened.is_in_its_place()?;
        Ok(opened)
    }

    fn path(&self) -> Option<PathBuf> {
        self.inner
            .address
            .as_ref()
            .map(|address| address.path.clone())
    }
}

/// Says where, and not what is kept.
impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqliteStore").field(&self.path()).finish()
    }
}
