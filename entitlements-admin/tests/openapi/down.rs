//! What is answered where what is kept elsewhere cannot be asked or changed.

use std::sync::Arc;

use entitlements_admin::AdminApi;
use entitlements_core::account::{
    Account, AccountChange, AccountQuery, AccountStore, AccountStoreError, Lookup, NewAccount,
    SharedTerms,
};
use entitlements_core::allowlist::{
    Allowlist, AllowlistChange, AllowlistChanged, AllowlistError, AllowlistStore,
    AllowlistStoreError, ChangedBy, MemoryAllowlists,
};
use entitlements_core::audit::{AuditError, AuditPage, AuditQuery, AuditRecord, AuditSink};
use entitlements_core::license::{Collection, LicenseStore, LicenseStoreError, StoredEntry};
use entitlements_core::testing::TestVendor;
use entitlements_core::{AccountId, Reply};
use serde_json::json;

use crate::allowlists::{ENTRIES, growing};
use crate::world::{Who, World, api, catalog, engine};

/// A database that is down, but for the licenses that were read before.
#[derive(Debug)]
struct Down {
    key: String,
}

fn down<T>() -> Reply<Result<T, AccountStoreError>> {
    Reply::Now(Err(AccountStoreError::new("down")))
}

impl AccountStore for Down {
    fn look(&self, _: &AccountId, _: &mut dyn FnMut(Option<&SharedTerms>)) -> Lookup {
        Lookup::Elsewhere
    }

    fn fetch(&self, _: &AccountId) -> Reply<Result<Option<SharedTerms>, AccountStoreError>> {
        down()
    }

    fn account(&self, _: &AccountId) -> Reply<Result<Option<Account>, AccountStoreError>> {
        down()
    }

    fn insert(&self, _: NewAccount) -> Reply<Result<bool, AccountStoreError>> {
        down()
    }

    fn change(
        &self,
        _: &AccountId,
        _: Box<dyn Fn(&Account) -> Option<AccountChange> + Send + Sync>,
    ) -> Reply<Result<Option<Account>, AccountStoreError>> {
        down()
    }

    fn remove(&self, _: &AccountId) -> Reply<Result<bool, AccountStoreError>> {
        down()
    }

    fn page(&self, _: &AccountQuery) -> Reply<Result<Vec<Account>, AccountStoreError>> {
        down()
    }
}

impl AuditSink for Down {
    fn record(&self, _: AuditRecord) -> Reply<Result<(), AuditError>> {
        Reply::Now(Err(AuditError::new("down")))
    }

    fn read(&self, _: AuditQuery) -> Reply<Result<AuditPage, AuditError>> {
        Reply::Now(Err(AuditError::new("down")))
    }
}

fn unreadable<T>() -> Reply<Result<T, AllowlistStoreError>> {
    Reply::Now(Err(AllowlistStoreError::new("down")))
}

impl AllowlistStore for Down {
    fn load(&self, _: &AccountId) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        unreadable()
    }

    fn change(
        &self,
        _: &AccountId,
        _: AllowlistChange,
        _: ChangedBy,
    ) -> Reply<Result<AllowlistChanged, AllowlistError>> {
        unreadable().map(|answer| answer.map_err(AllowlistError::from))
    }

    fn remove(&self, _: &AccountId) -> Reply<Result<bool, AllowlistStoreError>> {
        unreadable()
    }
}

fn full() -> Reply<Result<(), LicenseStoreError>> {
    Reply::Now(Err(LicenseStoreError::new("the disk is full")))
}

impl LicenseStore for Down {
    fn load(&self, of: Collection) -> Reply<Result<Vec<StoredEntry>, LicenseStoreError>> {
        let kept = match of {
            Collection::Licenses => vec![StoredEntry::new("lic-1", &self.key)],
            _ => Vec::new(),
        };
        Reply::Now(Ok(kept))
    }

    fn put(&self, _: Collection, _: StoredEntry) -> Reply<Result<(), LicenseStoreError>> {
        full()
    }

    fn remove(&self, _: Collection, _: &str) -> Reply<Result<(), LicenseStoreError>> {
        full()
    }

    fn clear(&self, _: Collection) -> Reply<Result<(), LicenseStoreError>> {
        full()
    }
}

pub(crate) async fn fail(world: &mut World) {
    let vendor = TestVendor::new();
    let key = |id: &str| vendor.key(&catalog(), |draft| draft.plan("business").id(id));
    let (kept, managed, new) = (key("lic-1"), key("lic-2"), key("lic-3"));
    let is_down = || Down { key: kept.clone() };
    let engine = engine(vendor, |builder| {
        let builder = builder.accounts(is_down()).audit(is_down());
        let builder = builder.allowlists(is_down());
        builder.license_store(is_down()).license_key(managed)
    });
    let api = api(&engine);
    for (method, path, body, code) in [
        (
            "POST",
            "/license",
            json!({ "key": new }).to_string(),
            "NOT_STORED",
        ),
        ("DELETE", "/license", String::new(), "NOT_STORED"),
        ("DELETE", "/license/lic-1", String::new(), "NOT_STORED"),
        ("DELETE", "/license/lic-2", String::new(), "LICENSE_MANAGED"),
    ] {
        let answer = world.ask_of(&api, Who::Admin, method, path, &body).await;
        assert_eq!(answer.body["code"], code, "{method} {path}");
    }
    not_stored(world, &api).await;
    for (pattern, method, operation) in world.document.operations() {
        let may_fail = &operation["responses"]["503"]["content"]["application/problem+json"]["schema"]
            ["allOf"][1]["properties"]["code"]["enum"];
        if *may_fail != json!(["ENTITLEMENTS_UNAVAILABLE"]) {
            continue;
        }
        let mut path = pattern.replace(['{', '}'], "");
        if path.ends_with("downgrade-preview") {
            path += "?plan=community";
        }
        let body = match path.ends_with("overrides") {
            true => r#"{"feature":"sso","enabled":true}"#,
            false => "{}",
        };
        let admin = operation["security"][0]["admin"].is_array();
        let who = if admin { Who::Admin } else { Who::Owner };
        let answer = world.ask_of(&api, who, &method, &path, body).await;
        assert_eq!(answer.status, 503, "{method} {path}");
    }
}

/// Lists cannot be changed; and where they can, and what the account has cannot be told, nothing is added to them.
async fn not_stored(world: &mut World, api: &AdminApi) {
    growing(world, api, "id", 503, "NOT_STORED").await;
    let path = format!("{ENTRIES}/id");
    let answer = world.ask_of(api, Who::Owner, "DELETE", &path, "").await;
    assert_eq!(answer.body["code"], "NOT_STORED");

    let lists = MemoryAllowlists::default();
    let id = crate::allowlists::filled(&lists).await;
    let engine = engine(TestVendor::new(), |builder| {
        let key = String::new();
        builder.accounts(Down { key }).allowlists(lists)
    });
    let code = "ENTITLEMENTS_UNAVAILABLE";
    growing(world, &self::api(&engine), &id, 503, code).await;
}
