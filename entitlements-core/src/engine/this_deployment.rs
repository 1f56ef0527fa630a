//! Where this engine runs: its deployment's id, and its instance's fingerprint, which is worked out only for a license that
//! asks for it.

use std::sync::OnceLock;

use super::{ConfigError, Environment};
use crate::instance::{Fingerprint, FingerprintError, InstanceOptions};
use crate::license::Deployment;
use crate::resolve::Holdings;

/// The variable that holds the deployment's id.
const VARIABLE: &str = "ENTITLEMENTS_DEPLOYMENT_ID";

#[derive(Debug)]
pub(super) struct ThisDeployment {
    id: Option<String>,
    options: InstanceOptions,
    instance: OnceLock<Result<Fingerprint, FingerprintError>>,
}

impl ThisDeployment {
    /// The id is what the program says, else what the variable says; a blank one is none.
    pub(super) fn new(
        id: Option<String>,
        options: InstanceOptions,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let id = match id {
            Some(id) => Some(id),
            None => match environment
                .get(VARIABLE)
                .map(std::ffi::OsString::into_string)
            {
                Some(Ok(id)) => Some(id),
                Some(Err(_)) => return Err(ConfigError::DeploymentId),
                None => None,
            },
        };
        let id = id
            .map(|id| id.trim().to_owned())
            .filter(|id| !id.is_empty());
        Ok(Self {
            id,
            options,
            instance: OnceLock::new(),
        })
    }

    /// The deployment as licenses see it that are bound to an instance, or that are not.
    pub(super) fn deployment(&self, asks_for_instance: bool) -> Deployment {
        let mut here = Deployment::unknown();
        if let Some(id) = &self.id {
            here = here.with_id(id);
        }
        match asks_for_instance.then(|| self.instance()) {
            Some(Ok(fingerprint)) => here.with_instance(fingerprint.as_str()),
            Some(Err(_)) | None => here,
        }
    }

    /// Says in the holdings where this is.
    pub(super) fn enter(&self, holdings: &mut Holdings) {
        let mut licenses = holdings.licenses.iter();
        let asks = licenses.any(|held| held.license.instance().is_some());
        holdings.deployment = self.deployment(asks);
        holdings.instance_unknown = match asks.then(|| self.instance()) {
            Some(Err(error)) => Some((error.cause(), error.action())),
            Some(Ok(_)) | None => None,
        };
    }

    /// Nothing of the machine is read before a license is bound to one.
    fn instance(&self) -> &Result<Fingerprint, FingerprintError> {
        self.instance
            .get_or_init(|| Fingerprint::of_this_instance(&self.options))
    }
}
