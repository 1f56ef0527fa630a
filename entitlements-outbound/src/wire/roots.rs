use std::fmt;
use std::sync::Arc;

use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

/// Which certificate authorities are believed about the names of servers: those of the operating system, or given ones.
///
/// `SSL_CERT_FILE` and `SSL_CERT_DIR` take the system's place, as elsewhere.
#[derive(Clone, Default)]
pub struct Roots {
    pem: Option<Arc<[u8]>>,
}

/// Why no server could be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RootsError {
    /// The operating system has no certificate authorities.
    #[error(
        "the system has no certificate authorities: install them (`ca-certificates`), or give some"
    )]
    NoneInSystem,
    /// What was given holds no certificate that can be used.
    #[error("no certificate in PEM was given that can be used")]
    Pem,
    /// The TLS library has no protocol version that works.
    #[error("tls cannot be set up")]
    Tls,
}

impl Roots {
    /// Those of the operating system.
    #[must_use]
    pub fn of_system() -> Self {
        Self::default()
    }

    /// Only these, in PEM: for a receiver behind a company's own authority.
    #[must_use]
    pub fn pem(certificates: impl AsRef<[u8]>) -> Self {
        Self {
            pem: Some(certificates.as_ref().into()),
        }
    }

    /// The provider is named, so that it does not matter what else in the program chose one for the process, or did not.
    pub(crate) fn tls(&self) -> Result<Arc<ClientConfig>, RootsError> {
        let (certificates, why_none) = match &self.pem {
            Some(pem) => {
                let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
                (read.map_err(|_| RootsError::Pem)?, RootsError::Pem)
            }
            None => {
                let found = rustls_native_certs::load_native_certs();
                (found.certs, RootsError::NoneInSystem)
            }
        };
        let mut store = RootCertStore::empty();
        let (usable, _) = store.add_parsable_certificates(certificates);
        if usable == 0 {
            return Err(why_none);
        }
        let provider = Arc::new(crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| RootsError::Tls)?;
        let mut config = config.with_root_certificates(store).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.pem {
            Some(_) => "Roots(given)",
            None => "Roots(system)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_no_certificate_is_refused() {
        for pem in [
            "",
            "no pem",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n%\n-----END CERTIFICATE-----\n",
        ] {
            assert_eq!(Roots::pem(pem).tls().unwrap_err(), RootsError::Pem, "{pem}");
        }
    }
}
