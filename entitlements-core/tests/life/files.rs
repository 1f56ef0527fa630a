use std::fs;
use std::time::Duration;

use entitlements_core::testing::{NOW, TestVendor};
use tempfile::tempdir;

use crate::product::{Product, key};

const LOOK: Duration = Duration::from_secs(2);

async fn looked(product: &Product, what: &str, is_so: impl FnMut(&Product) -> bool) {
    product.clock.advance(LOOK);
    product.until(what, is_so).await;
}

#[tokio::test]
async fn s14_a_key_file_that_changes_counts_by_itself() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let path = folder.path().join("license.key");
    let file = path.clone();
    let product = Product::start_with(&vendor, NOW, |builder| builder.license_file(file)).await;
    assert_eq!(product.errors(), ["license_unreadable"]);
    fs::write(&path, key(&vendor, "first", |draft| draft)).unwrap();
    looked(&product, "the first counts", |product| {
        product.engine.current().has("sso") && product.errors().is_empty()
    })
    .await;

    // Half of a key, then all of it: the half is never told of, and the first key stays in force meanwhile.
    let second = key(&vendor, "second", |draft| draft);
    fs::write(&path, &second[..second.len() / 2]).unwrap();
    product.advance(LOOK).await;
    assert!(product.engine.current().has("sso") && product.errors().is_empty());
    fs::write(&path, &second).unwrap();
    looked(&product, "the second counts", |product| {
        product.engine.current().licenses()[0].id.as_deref() == Some("second")
    })
    .await;
    assert_eq!(product.engine.current().licenses().len(), 1);

    // S8a: what it is replaced by is no key, twice.
    fs::write(&path, "garbage").unwrap();
    product.advance(LOOK).await;
    looked(&product, "garbage is told of", |product| {
        product.errors() == ["license_invalid"]
    })
    .await;
    assert!(product.engine.current().has("sso"));
    fs::remove_file(&path).unwrap();
    product.advance(LOOK).await;
    looked(&product, "the missing file is told of", |product| {
        product.errors() == ["license_unreadable"]
    })
    .await;
    assert!(
        product.engine.current().has("sso"),
        "nobody is locked out by a file"
    );
}

/// As Kubernetes does it: the file is a link into a folder that is itself a link, and that one is swapped.
#[cfg(unix)]
#[tokio::test]
async fn s14_a_link_that_is_swapped_in_a_folder_above_is_seen() {
    use std::os::unix::fs::symlink;

    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let mount = folder.path();
    for (data, id) in [("..one", "first"), ("..two", "second")] {
        fs::create_dir(mount.join(data)).unwrap();
        fs::write(
            mount.join(data).join("key"),
            key(&vendor, id, |draft| draft),
        )
        .unwrap();
    }
    symlink("..one", mount.join("..data")).unwrap();
    symlink("..data/key", mount.join("key")).unwrap();
    let file = mount.join("key");
    let product = Product::start_with(&vendor, NOW, |builder| builder.license_file(file)).await;
    symlink("..two", mount.join("..data_tmp")).unwrap();
    fs::rename(mount.join("..data_tmp"), mount.join("..data")).unwrap();
    looked(&product, "the second counts", |product| {
        product.engine.current().licenses()[0].id.as_deref() == Some("second")
    })
    .await;
}

#[tokio::test]
async fn s14_a_revocation_list_in_a_file_counts_by_itself_and_stays() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let path = folder.path().join("revoked");
    fs::write(&path, "").unwrap();
    let (file, key) = (path.clone(), key(&vendor, "lic", |draft| draft));
    let product = Product::start_with(&vendor, NOW, |builder| {
        builder.license_key(key).revocations_file(file)
    })
    .await;
    assert_eq!(product.status(), "active");
    fs::write(&path, vendor.revocations(|draft| draft.license("lic"))).unwrap();
    looked(&product, "it is revoked", |product| {
        product.status() == "revoked"
    })
    .await;
    fs::remove_file(&path).unwrap();
    product.engine.revalidate().await;
    assert_eq!(product.status(), "revoked");
}

#[tokio::test]
async fn s14_what_another_process_kept_counts_within_six_hours_or_on_demand() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let one = Product::start(&vendor, folder.path(), NOW).await;
    let other = Product::start(&vendor, folder.path(), NOW).await;
    one.engine
        .activate(&key(&vendor, "lic", |draft| draft))
        .await
        .unwrap();
    assert_eq!(other.status(), "unlicensed");
    other.engine.revalidate().await;
    assert_eq!(other.status(), "active");
    one.engine.deactivate("lic").await.unwrap();
    other.advance(Duration::from_secs(6 * 3600)).await;
    other
        .until("it is gone", |other| other.status() == "unlicensed")
        .await;
    assert_eq!(other.engine.revalidated_at(), other.engine.now());
}

#[tokio::test]
async fn s14_a_revalidation_brings_nothing_back_that_is_removed_meanwhile() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    for _ in 0..50 {
        let product = Product::start(&vendor, folder.path(), NOW).await;
        let key = key(&vendor, "lic", |draft| draft);
        product.engine.activate(&key).await.unwrap();
        let tasks = (0..8).map(|racer| {
            let engine = product.engine.clone();
            tokio::spawn(async move {
                match racer {
                    3 => drop(engine.deactivate("lic").await.unwrap()),
                    _ => engine.revalidate().await,
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(product.status(), "unlicensed");
        product.stop().await;
        let again = Product::start(&vendor, folder.path(), NOW).await;
        assert_eq!(again.status(), "unlicensed");
        again.stop().await;
    }
}
