//! Which crates there are, as `cargo metadata` says.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::runner::cargo;

/// The workspace and its crates, by name.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Where builds go.
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

/// What the steps need to know of a crate.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) publishable: bool,
    pub(crate) has_library: bool,
    pub(crate) has_binary: bool,
    pub(crate) has_features: bool,
}

impl Workspace {
    pub(crate) fn read() -> Result<Self, String> {
        let output = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cannot run `cargo metadata`: {error}"))?;
        if !output.status.success() {
            return Err("`cargo metadata` failed: see above".to_owned());
        }
        Self::from_metadata(&output.stdout)
    }

    fn from_metadata(json: &[u8]) -> Result<Self, String> {
        let metadata: Value = serde_json::from_slice(json)
            .map_err(|error| format!("`cargo metadata` gave no JSON: {error}"))?;
        let packages = metadata
            .get("packages")
            .and_then(Value::as_array)
            .ok_or("`cargo metadata` names no packages")?;
        let mut packages: Vec<Package> = packages.iter().filter_map(package).collect();
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        let folder = |key| {
            let path = metadata.get(key).and_then(Value::as_str);
            path.map(PathBuf::from)
                .ok_or_else(|| format!("`cargo metadata` names no `{key}`"))
        };
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
            packages,
        })
    }
}

fn package(value: &Value) -> Option<Package> {
    let targets = value.get("targets").and_then(Value::as_array)?;
    let has_target = |kinds: &[&str]| {
        targets
            .iter()
            .filter_map(|target| target.get("kind")?.as_array())
            .flatten()
            .filter_map(Value::as_str)
            .any(|kind| kinds.contains(&kind))
    };
    Some(Package {
        name: value.get("name")?.as_str()?.to_owned(),
        // `null` is any registry; `publish = false` is an empty list.
        publishable: value
            .get("publish")?
            .as_array()
            .is_none_or(|registries| !registries.is_empty()),
        has_library: has_target(&["lib", "proc-macro"]),
        has_binary: has_target(&["bin"]),
        has_features: value
            .get("features")?
            .as_object()
            .is_some_and(|features| !features.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use super::{Package, Workspace};

    #[test]
    fn reads_what_the_steps_need() {
        let json = br#"{"workspace_root": "/w", "target_directory": "/w/target", "packages": [
            {"name": "b", "publish": [], "features": {}, "targets": [{"kind": ["bin"]}, {"kind": ["test"]}]},
            {"name": "a", "publish": null, "features": {"x": []}, "targets": [{"kind": ["proc-macro"]}]}
        ]}"#;
        let workspace = Workspace::from_metadata(json).unwrap();
        assert_eq!(workspace.root.to_str(), Some("/w"));
        assert_eq!(workspace.target.to_str(), Some("/w/target"));
        assert_eq!(
            workspace.packages,
            [
                Package {
                    name: "a".into(),
                    publishable: true,
                    has_library: true,
                    has_binary: false,
                    has_features: true,
                },
                Package {
                    name: "b".into(),
                    publishable: false,
                    has_library: false,
                    has_binary: true,
                    has_features: false,
                },
            ]
        );
    }

    #[test]
    fn refuses_other_json() {
        assert!(Workspace::from_metadata(b"{}").is_err());
        assert!(Workspace::from_metadata(b"error").is_err());
    }
}
