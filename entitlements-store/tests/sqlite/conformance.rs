//! What holds for every store.

mod opened {
    use entitlements_store::SqliteStore;

    entitlements_core::license_store_conformance!(
        place = tempfile::tempdir().unwrap(),
        open = |place| SqliteStore::open(place.path().join("acme.db"))
            .await
            .unwrap()
    );
}

mod opened_when_used {
    use entitlements_store::SqliteStore;

    entitlements_core::license_store_conformance!(
        place = tempfile::tempdir().unwrap(),
        open = |place| SqliteStore::lazy(place.path().join("made/acme.db")).unwrap()
    );
}

mod in_a_pool_of_the_application {
    use entitlements_store::SqliteStore;
    use entitlements_store::sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

    entitlements_core::license_store_conformance!(
        place = tempfile::tempdir().unwrap(),
        open = |place| {
            let options = SqliteConnectOptions::new().create_if_missing(true);
            let pool = SqlitePool::connect_with(options.filename(place.path().join("app.db")));
            SqliteStore::from_pool(pool.await.unwrap()).await.unwrap()
        }
    );
}

mod allowlists_opened {
    use entitlements_store::SqliteStore;

    entitlements_core::allowlist_store_conformance!(
        place = tempfile::tempdir().unwrap(),
        open = |place| SqliteStore::open(place.path().join("acme.db"))
            .await
            .unwrap()
    );
}

mod allowlists_opened_when_used {
    use entitlements_store::SqliteStore;

    entitlements_core::allowlist_store_conformance!(
        place = tempfile::tempdir().unwrap(),
        open = |place| SqliteStore::lazy(place.path().join("made/acme.db")).unwrap()
    );
}

mod allowlists_in_a_pool_of_the_application {
    use entitlements_store::SqliteStore;
    use entitlements_store::sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

    entitlements_core::allowlist_store_conformance!(
        place = tempfile::tempdir().unwrap(),
        open = |place| {
            let options = SqliteConnectOptions::new().create_if_missing(true);
            let pool = SqlitePool::connect_with(options.filename(place.path().join("app.db")));
            SqliteStore::from_pool(pool.await.unwrap()).await.unwrap()
        }
    );
}

mod audit_opened {
    use entitlements_store::SqliteStore;

    entitlements_core::audit_sink_conformance!(
        place = tempfile::tempdir().unwrap(),
        open = |place| SqliteStore::open(place.path().join("acme.db"))
            .await
            .unwrap()
    );
}

mod audit_opened_when_used {
    use entitlements_store::SqliteStore;

    entitlements_core::audit_sink_conformance!(
        place = tempfile::tempdir().unwrap(),
        open = |place| SqliteStore::lazy(place.path().join("acme.db")).unwrap()
    );
}
