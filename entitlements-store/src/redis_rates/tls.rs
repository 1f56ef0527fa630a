//! How a server proves who it is, and the program to it.

use std::io;
use std::sync::Arc;

use redis::{ConnectionAddr, ConnectionInfo, RedisError, TlsCertificates};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Who has to be there, and what of it is believed.
pub(super) struct Tls {
    name: ServerName<'static>,
    connector: TlsConnector,
}

impl Tls {
    /// Trusts what the system does.
    pub(super) fn of_system(info: &ConnectionInfo) -> Result<Self, RedisError> {
        Self::new(info, system, None)
    }

    /// Trusts these certificates, and shows its own where it is asked for it.
    pub(super) fn with_certificates(
        info: &ConnectionInfo,
        certificates: &TlsCertificates,
    ) -> Result<Self, RedisError> {
        let own = certificates.client_tls.as_ref().map(|own| {
            let key = PrivateKeyDer::from_pem_slice(&own.client_key);
            // What is wrong with it is not told: it might be a part of it.
            let key =
                key.map_err(|_| wrong("there is no private key in the PEM that was given"))?;
            Ok::<_, RedisError>((all_of(&own.client_cert)?, key))
        });
        let own = own.transpose()?;
        match &certificates.root_cert {
            Some(pem) => Self::new(info, || all_of(pem), own),
            None => Self::new(info, system, own),
        }
    }

    fn new(
        info: &ConnectionInfo,
        trusted: impl FnOnce() -> Result<Vec<CertificateDer<'static>>, RedisError>,
        own: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    ) -> Result<Self, RedisError> {
        let ConnectionAddr::TcpTls { host, insecure, .. } = info.addr() else {
            return Err(wrong("they are for servers at `rediss://`"));
        };
        if *insecure {
            return Err(wrong(
                "`#insecure` is not to be had: a server has to prove who it is",
            ));
        }
        let name = ServerName::try_from(host.clone());
        let name = name.map_err(|_| wrong("the host is none that a certificate can name"))?;
        let mut roots = RootCertStore::empty();
        if roots.add_parsable_certificates(trusted()?).0 == 0 {
            return Err(wrong("there is no certificate to trust that can be read"));
        }
        // It is named, so that it does not matter what else in the program chose one for the process, or did not.
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions();
        let config = config.map_err(|_| wrong("there is no TLS that is safe"))?;
        let config = config.with_root_certificates(roots);
        let config = match own {
            None => config.with_no_client_auth(),
            Some((chain, key)) => config
                .with_client_auth_cert(chain, key)
                .map_err(|_| wrong("the private key is none of the certificate's"))?,
        };
        Ok(Self {
            name,
            connector: TlsConnector::from(Arc::new(config)),
        })
    }

    pub(super) async fn greet(
        &self,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, RedisError> {
        let greeting = self.connector.connect(self.name.clone(), stream);
        Ok(greeting.await?)
    }
}

/// Whose cryptography a cluster's driver uses is said for the whole process, and where nobody did and it cannot tell, it panics.
pub(super) fn settle(nodes: &[ConnectionInfo]) {
    let is_tls = |node: &ConnectionInfo| matches!(node.addr(), ConnectionAddr::TcpTls { .. });
    if nodes.iter().any(is_tls) && CryptoProvider::get_default().is_none() {
        // Another thread may have been faster, and then there is one too.
        let _ = aws_lc_rs::default_provider().install_default();
    }
}

fn system() -> Result<Vec<CertificateDer<'static>>, RedisError> {
    match rustls_native_certs::load_native_certs().certs {
        none if none.is_empty() => Err(wrong(
            "the system has no certificate authorities: install them (`ca-certificates`), or give some",
        )),
        all => Ok(all),
    }
}

fn all_of(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, RedisError> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        _ => Err(wrong("there is no certificate in the PEM that was given")),
    }
}

pub(super) fn wrong(what: &'static str) -> RedisError {
    // The driver would say the kind of its own errors beside it.
    io::Error::new(io::ErrorKind::InvalidInput, what).into()
}
