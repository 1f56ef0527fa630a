//! Garbage on the command line.

use std::fs;
use std::net::TcpListener;

use tempfile::tempdir;

use super::PROGRAM;
use crate::server::{Ended, Start};
use crate::vendor::{Vendor, issued_key_in, private_key_in};

#[test]
fn usage_errors_say_what_and_show_no_key() {
    let folder = tempdir().unwrap();
    let vendor = Vendor::new(folder.path(), "v");
    let key = vendor.key("business");
    let pem = fs::read_to_string(&vendor.private).unwrap();
    let data = folder.path().join("data");
    let flag = |name: &str, value: &str| vec![name.to_owned(), value.to_owned()];
    let cases = [
        vec!["--nope".into()],
        vec!["positional".into()],
        vec!["--listen".into()],
        vec!["--data".into()],
        vec!["--license-key".into()],
        flag("--listen", ""),
        flag("--listen", "3000"),
        flag("--listen", "localhost"),
        flag("--listen", "127.0.0.1:99999"),
        flag("--listen", "\u{1b}[2J"),
        flag("--listen", &key),
        flag("--trusted-key", &pem),
        flag("--now", ""),
        flag("--now", "2027-01-31"),
        flag("--now", "2027-02-29T00:00:00Z"),
        flag("--now", &key),
        flag("--trusted-proxy", &key),
        flag("--trusted-proxy", &pem),
        flag("--forwarded-header", &key),
        vec![key.clone()],
        vec![format!("--{key}")],
        vec![format!("--license_key={key}")],
        [flag("--license-key", &key), flag("--license-key", &key)].concat(),
        [flag("--admin-token", "t0"), flag("--admin-token", "t1")].concat(),
    ];
    for arguments in cases {
        let mut command = PROGRAM.command();
        command.args(&arguments);
        let Ended {
            code,
            stdout,
            stderr,
        } = Start::of(command, &data).end();
        assert_eq!(
            (code, stdout.as_str()),
            (Some(2), ""),
            "{arguments:?}: {stderr}"
        );
        assert!(stderr.starts_with("error: "), "{arguments:?}: {stderr}");
        assert_eq!(issued_key_in(&stderr), None, "{stderr}");
        assert!(!private_key_in(&stderr, &vendor.private), "{stderr}");
        assert!(!data.exists());
    }
}

#[test]
fn help_and_version_are_no_errors() {
    let folder = tempdir().unwrap();
    let version = format!("{} 0", PROGRAM.name());
    for (flag, expected) in [
        ("--help", "--trusted-key <PEM>"),
        ("--version", version.as_str()),
    ] {
        let mut command = PROGRAM.command();
        command.arg(flag);
        let Ended {
            code,
            stdout,
            stderr,
        } = Start::of(command, folder.path()).end();
        assert_eq!((code, stderr.as_str()), (Some(0), ""));
        assert!(stdout.contains(expected), "{stdout}");
    }
}

#[test]
fn a_port_in_use_is_one_line_and_makes_nothing() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = PROGRAM.command();
    command.args(["--listen", &address, "--data"]).arg(&data);
    let line = Start::of(command, &data).fails();
    assert!(
        line.contains(&format!("cannot listen on {address}")),
        "{line}"
    );
    assert!(!data.exists());
}

#[test]
fn a_bad_catalog_is_one_line() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let write = |name: &str, content: &[u8]| fs::write(path(name), content).unwrap();
    write("empty.toml", b"");
    write("binary.toml", &[0, 159, 146, 150]);
    write("cut.toml", b"schema = 1\n[product\n");
    write(
        "mistakes.toml",
        b"schema = 2\nx = 1\n[product]\nname = 3\n[plans.p]\nfeatures = ['y']\n",
    );
    write("large.toml", &vec![b'#'; 10 << 20]);
    write("json.json", b"{\"schema\":1,");
    write("catalog.yaml", b"schema: 1");
    fs::create_dir(path("folder.toml")).unwrap();
    let names = [
        "empty.toml",
        "binary.toml",
        "cut.toml",
        "mistakes.toml",
        "large.toml",
        "json.json",
        "catalog.yaml",
        "folder.toml",
        "missing.toml",
        "new\nline.toml",
    ];
    for name in names {
        let line = PROGRAM
            .start(&path("data"))
            .arg("--catalog")
            .arg(path(name))
            .fails();
        assert!(line.contains(name.split('\n').next().unwrap()), "{line}");
        assert!(!path("data/admin-token").exists(), "{name}");
    }
    let key = Vendor::new(folder.path(), "v").key("business");
    let line = PROGRAM
        .start(&path("data"))
        .arg("--catalog")
        .arg(&key)
        .fails();
    assert_eq!(issued_key_in(&line), None, "{line}");
}

#[test]
fn another_catalog_is_taken_from_toml_and_json() {
    let folder = tempdir().unwrap();
    let json = r#"{"schema":1,"product":{"name":"Mine","default_plan":"all"},"features":{"sso":{},"audit":{}},
        "plans":{"all":{"features":["sso"]}}}"#;
    let path = folder.path().join("mine.json");
    fs::write(&path, json).unwrap();
    let data = folder.path().join("data");
    let server = PROGRAM.start(&data).arg("--catalog").arg(&path).serve();
    assert_eq!(server.get("/").json()["product"], "Mine");
    assert_eq!(
        [server.get("/sso").status, server.get("/audit").status],
        [200, 402]
    );
    assert!(!data.join("entitlements.toml").exists());
}
