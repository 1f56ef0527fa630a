use std::sync::Arc;

use entitlements_outbound::Roots;
use entitlements_outbound::webhook::{DeliveryState, WebhookBuilder};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::receiver::{Came, serve, talk};
use crate::setup::{builder, clock, next_attempt_after, until, working};

/// A receiver that proves to be `name`: its port, its certificate, and what came.
async fn proving(name: &str) -> (u16, String, mpsc::UnboundedReceiver<Came>) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (sender, came) = mpsc::unbounded_channel();
    let address = serve(move |stream| {
        let (acceptor, sender) = (acceptor.clone(), sender.clone());
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                talk(stream, sender, Arc::default()).await;
            }
        }
    });
    (address.await.port(), cert.pem(), came)
}

fn to(port: u16, roots: Roots) -> WebhookBuilder {
    builder(format!("https://localhost:{port}/hook"), &clock()).roots(roots)
}

#[tokio::test]
async fn a_receiver_that_proves_its_name_is_told() {
    let (port, certificate, mut came) = proving("localhost").await;
    let webhook = working(to(port, Roots::pem(certificate))).await;
    webhook.send("job.done", "{}").await.unwrap();
    let arrived = |state| matches!(state, DeliveryState::Delivered { .. });
    until(&webhook, |delivery| arrived(delivery.state())).await;
    assert_eq!(came.recv().await.unwrap().path, "/hook");
}

#[tokio::test]
async fn a_receiver_that_does_not_is_told_nothing() {
    let (port, certificate, mut came) = proving("other.example").await;
    let (_, of_another, _) = proving("localhost").await;
    for roots in [certificate, of_another] {
        let webhook = working(to(port, Roots::pem(roots))).await;
        webhook.send("job.done", "{}").await.unwrap();
        let (delivery, _) = next_attempt_after(&webhook, 1).await;
        assert!(delivery.last_error().unwrap().starts_with("tls failed"));
    }
    assert!(came.try_recv().is_err());
}
