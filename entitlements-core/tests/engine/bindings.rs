//! Licenses that are bound to deployments or to an instance, and what is read and made for that.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use entitlements_core::instance::{Fingerprint, InstanceOptions, Machine};
use entitlements_core::license::LicenseDraft;
use entitlements_core::testing::TestEngine;
use entitlements_core::{EntitlementsBuilder, Environment, LicenseStatus};

use crate::block_on;
use crate::vendor::{Vendor, engine, errors, warnings};

const VARIABLE: &str = "ENTITLEMENTS_DEPLOYMENT_ID";
const MACHINE_ID: &str = "6b3e4cd01f0f4b1c9a3f5a1be0c2d4e8";

fn machine() -> Machine {
    Machine::of(MACHINE_ID, "node-1")
}

/// A machine that was never given an id, as a container often is.
fn without_id() -> Machine {
    Machine::of("", "4f1c2a9b77de")
}

fn folder(name: &str) -> PathBuf {
    // A folder of its own for each run, so that two runs at once do not meet.
    let folder = tempfile::Builder::new()
        .prefix(name)
        .tempdir_in(env!("CARGO_TARGET_TMPDIR"));
    folder.unwrap().keep()
}

fn fingerprint(machine: Machine) -> String {
    let options = InstanceOptions::new().machine(machine);
    Fingerprint::of_this_instance(&options).unwrap().to_string()
}

/// An engine on a machine that tells nothing, with one license for business.
fn bound(
    vendor: &Vendor,
    say_license: impl FnOnce(LicenseDraft) -> LicenseDraft,
    say: impl FnOnce(EntitlementsBuilder) -> EntitlementsBuilder,
) -> TestEngine {
    let key = vendor.key_with(|draft| say_license(draft.plan("business").id("lic")));
    engine(&[vendor], |builder| {
        say(builder.machine(without_id()).license_key(key))
    })
}

fn status(engine: &TestEngine) -> LicenseStatus {
    engine.current().status()
}

#[test]
fn s13_the_deployment_is_what_the_program_says_else_the_variable() {
    let vendor = Vendor::new();
    let in_eu = |say: &dyn Fn(EntitlementsBuilder) -> EntitlementsBuilder| {
        status(&bound(&vendor, |draft| draft.deployment("eu-1"), say))
    };
    let variable = |id: &str| Environment::of([(VARIABLE, id)]);
    let (here, elsewhere) = (LicenseStatus::Active, LicenseStatus::WrongDeployment);
    assert_eq!(in_eu(&|builder| builder), elsewhere);
    assert_eq!(in_eu(&|builder| builder.deployment_id("eu-1")), here);
    assert_eq!(in_eu(&|builder| builder.deployment_id("us-1")), elsewhere);
    assert_eq!(
        in_eu(&|builder| builder.environment(variable("eu-1"))),
        here
    );
    assert_eq!(
        in_eu(&|builder| builder.environment(variable("EU-1"))),
        elsewhere
    );
    for blank in ["", " ", "\t\r\n"] {
        assert_eq!(
            in_eu(&|builder| builder.environment(variable(blank))),
            elsewhere
        );
        assert_eq!(in_eu(&|builder| builder.deployment_id(blank)), elsewhere);
    }
    // What the program says goes over the variable, either way.
    let both = |program: &'static str, set: &'static str| {
        in_eu(&move |builder| builder.deployment_id(program).environment(variable(set)))
    };
    assert_eq!(both("eu-1", "us-1"), here);
    assert_eq!(both("us-1", "eu-1"), elsewhere);
}

#[cfg(unix)]
#[test]
fn a_deployment_id_that_is_not_text_ends_the_start_and_says_which() {
    use std::os::unix::ffi::OsStringExt;
    let id = OsString::from_vec(b"eu-\xff".to_vec());
    let build = |say: fn(EntitlementsBuilder) -> EntitlementsBuilder| {
        let builder = entitlements_core::Entitlements::builder()
            .catalog(entitlements_core::testing::catalog())
            .environment(Environment::of([(VARIABLE, id.clone())]));
        block_on(say(builder).build()).map(|_| ())
    };
    let error = build(|builder| builder).unwrap_err().to_string();
    assert!(error.contains(VARIABLE), "{error}");
}

#[test]
fn every_deployment_of_a_key_is_as_good_as_the_first() {
    let vendor = Vendor::new();
    let ids: Vec<String> = (0..200).map(|n| format!("deployment-{n}")).collect();
    let key = vendor.key_with(|draft| {
        let draft = draft.plan("business").id("lic");
        ids.iter().fold(draft, |draft, id| draft.deployment(id))
    });
    for (here, expected) in [
        ("deployment-0", LicenseStatus::Active),
        ("deployment-199", LicenseStatus::Active),
        ("deployment-200", LicenseStatus::WrongDeployment),
        ("deployment-", LicenseStatus::WrongDeployment),
    ] {
        let engine = engine(&[&vendor], |builder| {
            builder.deployment_id(here).license_key(&key)
        });
        assert_eq!(status(&engine), expected, "{here}");
    }
}

#[test]
fn s7_both_bindings_must_fit() {
    let vendor = Vendor::new();
    let (here, elsewhere) = (
        fingerprint(machine()),
        fingerprint(Machine::of(MACHINE_ID, "node-2")),
    );
    assert_ne!(here, elsewhere);
    for (deployment, instance, expected) in [
        ("eu-1", &here, LicenseStatus::Active),
        ("us-1", &here, LicenseStatus::WrongDeployment),
        ("eu-1", &elsewhere, LicenseStatus::WrongDeployment),
        ("us-1", &elsewhere, LicenseStatus::WrongDeployment),
    ] {
        let engine = bound(
            &vendor,
            |draft| draft.deployment(deployment).instance(instance),
            |builder| builder.deployment_id("eu-1").machine(machine()),
        );
        assert_eq!(status(&engine), expected, "{deployment} {instance}");
        if expected == LicenseStatus::WrongDeployment {
            assert_eq!(errors(&engine), ["license_wrong_deployment"]);
            assert!(!engine.current().has("sso"));
        }
    }
}

#[test]
fn a_salt_makes_another_instance_of_the_same_machine() {
    let vendor = Vendor::new();
    let options = InstanceOptions::new().machine(machine()).salt("panel");
    let salted = Fingerprint::of_this_instance(&options).unwrap();
    let here = |builder: EntitlementsBuilder| builder.machine(machine());
    let bound = |say: &dyn Fn(EntitlementsBuilder) -> EntitlementsBuilder| {
        status(&bound(
            &vendor,
            |draft| draft.instance(salted.as_str()),
            say,
        ))
    };
    assert_eq!(bound(&here), LicenseStatus::WrongDeployment);
    assert_eq!(
        bound(&|b| here(b).fingerprint_salt("panel")),
        LicenseStatus::Active
    );
    assert_eq!(
        bound(&|b| here(b).fingerprint_salt("Panel")),
        LicenseStatus::WrongDeployment
    );
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

/// I10 and the field's fear of fingerprints: nobody is asked who he is unless a key says that it matters.
#[test]
fn nothing_of_the_machine_is_read_or_made_unless_a_license_is_bound_to_an_instance() {
    let vendor = Vendor::new();
    let data = folder("unasked");
    let key = |id: &str| vendor.key_with(|draft| draft.plan("business").id(id));
    let bound_to_deployment =
        vendor.key_with(|draft| draft.plan("business").id("b").deployment("eu-1"));
    let engine = engine(&[&vendor], |builder| {
        builder
            .machine(without_id())
            .data_dir(&data)
            .deployment_id("eu-1")
            .license_key(key("a"))
            .license_key(&bound_to_deployment)
            .license_key("garbage")
    });
    assert!(is_empty(&data));
    block_on(engine.activate(&key("c"))).unwrap();
    block_on(engine.activate("garbage")).unwrap_err();
    // A key that does not verify is not asked what it is bound to.
    let foreign = Vendor::new().key_with(|draft| draft.plan("business").instance("x"));
    block_on(engine.activate(&foreign)).unwrap_err();
    block_on(engine.apply_revocations(&vendor.list(10, &["a", "b"]))).unwrap();
    block_on(engine.revalidate());
    engine.clock().advance_days(400);
    let _ = engine.current();
    block_on(engine.deactivate_all()).unwrap();
    // What was handed in is all that is there.
    for name in ["licenses.json", "revocations.json"] {
        std::fs::remove_file(data.join(name)).unwrap();
    }
    assert!(is_empty(&data));
    // A folder that is not there is not made for nothing either.
    let absent = data.join("absent");
    let _engine = bound(&vendor, |draft| draft, |builder| builder.data_dir(&absent));
    assert!(!absent.exists());
}

#[test]
fn a_machine_with_an_id_makes_no_file_for_a_bound_license() {
    let vendor = Vendor::new();
    let data = folder("machine");
    let here = fingerprint(machine());
    let engine = bound(
        &vendor,
        |draft| draft.instance(here),
        |builder| builder.machine(machine()).data_dir(&data),
    );
    assert_eq!(status(&engine), LicenseStatus::Active);
    assert!(is_empty(&data));
}

#[test]
fn without_a_machine_id_the_folder_keeps_one_and_a_second_engine_agrees() {
    let vendor = Vendor::new();
    let data = folder("stored");
    let on = |host: &'static str, folder: &Path| {
        let folder = folder.to_owned();
        move |builder: EntitlementsBuilder| builder.machine(Machine::of("", host)).data_dir(folder)
    };
    // A key for another instance is what makes this one find out which it is.
    let other = bound(
        &vendor,
        |draft| draft.instance("0".repeat(64)),
        on("first", &data),
    );
    assert_eq!(status(&other), LicenseStatus::WrongDeployment);
    assert_eq!(warnings(&other), ["license_wrong_deployment"]);
    let mut made: Vec<_> = std::fs::read_dir(&data)
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    made.sort();
    assert_eq!(made, ["clock.json", "instance-id"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(data.join("instance-id"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let stored = std::fs::read(data.join("instance-id")).unwrap();

    let options = InstanceOptions::new().machine(without_id()).data_dir(&data);
    let here = Fingerprint::of_this_instance(&options).unwrap().to_string();
    // A container that was built anew has another name, and the same volume.
    for host in ["first", "second"] {
        let again = bound(&vendor, |draft| draft.instance(&here), on(host, &data));
        assert_eq!(status(&again), LicenseStatus::Active, "{host}");
    }
    let key = vendor.key_with(|draft| draft.plan("business").id("handed-in").instance(&here));
    block_on(other.activate(&key)).unwrap();
    assert!(other.current().has("sso"));
    assert_eq!(std::fs::read(data.join("instance-id")).unwrap(), stored);
    // Another folder is another instance.
    let elsewhere = bound(
        &vendor,
        |draft| draft.instance(&here),
        on("first", &folder("other")),
    );
    assert_eq!(status(&elsewhere), LicenseStatus::WrongDeployment);
}

#[test]
fn what_is_in_the_place_of_the_stored_id_is_said_and_left_alone() {
    let vendor = Vendor::new();
    let engine = |data: &Path| {
        bound(
            &vendor,
            |draft| draft.instance("0".repeat(64)),
            |builder| builder.data_dir(data),
        )
    };
    let garbage = folder("garbage");
    std::fs::write(garbage.join("instance-id"), "not an id").unwrap();
    let directory = folder("directory");
    std::fs::create_dir(directory.join("instance-id")).unwrap();
    let file = folder("file").join("data");
    std::fs::write(&file, "a file where a folder should be").unwrap();
    for data in [&garbage, &directory, &file] {
        let engine = engine(data);
        assert_eq!(
            status(&engine),
            LicenseStatus::WrongDeployment,
            "{}",
            data.display()
        );
        // Where the first mismatch cannot be kept there are no days of grace (S7).
        let mut said = [errors(&engine), warnings(&engine)].concat();
        said.sort_unstable();
        assert_eq!(said, ["instance_unknown", "license_wrong_deployment"]);
        assert_eq!(engine.current().has("sso"), data.is_dir());
    }
    assert_eq!(
        std::fs::read(garbage.join("instance-id")).unwrap(),
        b"not an id"
    );
    // Without a folder there is nothing to keep one in.
    let nowhere = bound(
        &vendor,
        |draft| draft.instance("0".repeat(64)),
        |builder| builder,
    );
    let current = nowhere.current();
    let said = current
        .errors()
        .iter()
        .find(|notice| notice.code() == "instance_unknown");
    assert!(!said.unwrap().action().is_empty());
}

#[test]
fn s10_a_key_that_is_bound_elsewhere_is_refused_and_changes_nothing() {
    let vendor = Vendor::new();
    let engine = bound(
        &vendor,
        |draft| draft,
        |builder| builder.deployment_id("eu-1").machine(machine()),
    );
    let key = |say: fn(LicenseDraft) -> LicenseDraft| {
        vendor.key_with(|draft| say(draft.plan("enterprise").id("lic")))
    };
    for elsewhere in [
        key(|draft| draft.deployment("us-1")),
        key(|draft| draft.instance("0".repeat(64))),
        key(|draft| draft.deployment("eu-1").instance("here")),
    ] {
        let refused = block_on(engine.activate(&elsewhere)).unwrap_err();
        assert_eq!(refused.reason(), "wrong_deployment");
        assert_eq!(engine.current().plan_in_force().name(), "business");
        assert!(errors(&engine).is_empty());
    }
}
