//! Servers that prove who they are.

use entitlements_core::rate::RateStore;
use entitlements_store::RedisRates;
use entitlements_store::redis::{ClientTlsConfig, TlsCertificates};
use entitlements_test_services::{Proof, Redis, RedisCluster};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use crate::common::{admits, ask, per_day, wait_until, within_budget};

/// A company's own authority.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        Self { issuer, pem }
    }

    /// A certificate for these names, and its key.
    fn certify(&self, names: &[&str]) -> (String, String) {
        let names: Vec<_> = names.iter().map(ToString::to_string).collect();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "app");
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    fn proof(&self) -> Proof {
        self.proof_for(&["localhost", "127.0.0.1"])
    }

    fn proof_for(&self, names: &[&str]) -> Proof {
        let (certificate, key) = self.certify(names);
        Proof {
            certificate,
            key,
            authority: self.pem.clone(),
            of_clients: false,
        }
    }

    fn is_trusted(&self) -> TlsCertificates {
        TlsCertificates {
            root_cert: Some(self.pem.clone().into_bytes()),
            client_tls: None,
        }
    }
}

fn rates(url: &str, certificates: TlsCertificates) -> RedisRates {
    let rates = RedisRates::lazy(url).unwrap();
    rates.with_certificates(certificates).unwrap()
}

#[tokio::test]
async fn a_server_that_an_authority_of_the_companys_vouches_for_is_asked() {
    let authority = Authority::new("Acme");
    let server = Redis::start_with_tls(&["--requirepass", "hunter2"], &authority.proof());
    let url = server.tls_url().replace("://", "://:hunter2@");
    let rates = rates(&url, authority.is_trusted());
    rates.ready().await.unwrap();
    assert!(admits(&rates, ask("a", per_day(2), 1)).await);
    let acme = rates.clone().with_prefix("acme:");
    assert!(admits(&acme, ask("a", per_day(2), 2)).await);
    // The name of what trusts it stays that of what it is.
    let again = acme.with_certificates(authority.is_trusted()).unwrap();
    assert!(!admits(&again, ask("a", per_day(2), 1)).await);
    assert!(admits(&rates, ask("a", per_day(2), 1)).await);
    assert!(!admits(&rates, ask("a", per_day(2), 1)).await);
}

/// I9: and nothing that is secret is told with it.
#[tokio::test]
async fn a_server_that_nobody_who_is_trusted_vouches_for_is_told_nothing() {
    let (authority, other) = (Authority::new("Acme"), Authority::new("Other"));
    let start = |proof| Redis::start_with_tls(&["--requirepass", "hunter2"], &proof);
    let with_password = |server: &Redis| server.tls_url().replace("://", "://:hunter2@");
    let server = start(authority.proof());
    let elsewhere = start(authority.proof_for(&["redis.internal"]));
    let url = with_password(&server);
    let (certificate, key) = other.certify(&["app"]);
    let secret = key.lines().nth(1).unwrap().to_owned();
    let mut with_own = other.is_trusted();
    with_own.client_tls = Some(ClientTlsConfig {
        client_cert: certificate.into_bytes(),
        client_key: key.into_bytes(),
    });
    for (rates, why) in [
        (rates(&url, other.is_trusted()), "UnknownIssuer"),
        (rates(&url, with_own), "UnknownIssuer"),
        (
            rates(&with_password(&elsewhere), authority.is_trusted()),
            "not valid for name",
        ),
        // The system knows nothing of it.
        (RedisRates::lazy(&url).unwrap(), "certificate"),
    ] {
        let asked = rates.take(vec![ask("a", per_day(1), 1)]).await.unwrap_err();
        for error in [rates.ready().await.unwrap_err(), asked] {
            let said = format!("{error} {error:?} {rates:?}");
            assert!(error.reason().starts_with("cannot connect to `"), "{error}");
            assert!(said.contains(why), "{said}");
            assert!(
                !said.contains("hunter2") && !said.contains(&secret),
                "{said}"
            );
        }
    }
}

#[tokio::test]
async fn a_server_that_asks_who_comes_is_shown_a_certificate() {
    let authority = Authority::new("Acme");
    let mut proof = authority.proof();
    proof.of_clients = true;
    let server = Redis::start_with_tls(&[], &proof);
    let without = rates(&server.tls_url(), authority.is_trusted());
    without.ready().await.unwrap_err();

    let (certificate, key) = authority.certify(&["app"]);
    let mut certificates = authority.is_trusted();
    certificates.client_tls = Some(ClientTlsConfig {
        client_cert: certificate.into_bytes(),
        client_key: key.into_bytes(),
    });
    let with = rates(&server.tls_url(), certificates);
    with.ready().await.unwrap();
    assert!(admits(&with, ask("a", per_day(1), 1)).await);
}

/// As without: an end is heard of when it comes, and what hangs is noticed.
#[tokio::test]
async fn a_server_that_goes_is_found_again() {
    let authority = Authority::new("Acme");
    let mut server = Redis::start_with_tls(&[], &authority.proof());
    let rates = rates(&server.tls_url(), authority.is_trusted());
    let answers = async || {
        within_budget(&rates, ask("a", per_day(100), 0))
            .await
            .is_ok()
    };
    rates.ready().await.unwrap();
    server.kill();
    wait_until("it is away", async || !answers().await).await;
    server.restart();
    wait_until("it is back", answers).await;
    assert!(admits(&rates, ask("a", per_day(1), 1)).await);
    server.pause();
    wait_until("it is known not to answer", async || {
        let answer = within_budget(&rates, ask("a", per_day(100), 0)).await;
        let reason = answer.unwrap_err().reason().to_owned();
        reason.starts_with("cannot connect to")
    })
    .await;
    server.resume();
    wait_until("it is back", answers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_proves_it_too() {
    let (authority, other) = (Authority::new("Acme"), Authority::new("Other"));
    let cluster = RedisCluster::of_three_with_tls(&authority.proof());
    let lazy = || RedisRates::lazy_cluster(cluster.tls_urls()).unwrap();
    let error = lazy().with_certificates(other.is_trusted()).unwrap();
    let error = error.ready().await.unwrap_err();
    assert!(error.reason().contains("UnknownIssuer"), "{error}");

    let rates = lazy().with_certificates(authority.is_trusted()).unwrap();
    rates.ready().await.unwrap();
    for account in ["a", "b", "c", "d", "e", "f"] {
        assert!(admits(&rates, ask(account, per_day(1), 1)).await);
        assert!(!admits(&rates, ask(account, per_day(1), 1)).await);
    }
}

#[test]
fn what_proves_nothing_is_told_when_it_is_given() {
    let authority = Authority::new("Acme");
    let (certificate, key) = authority.certify(&["app"]);
    let (_, of_another) = authority.certify(&["app"]);
    let own = |certificate: &str, key: &str| TlsCertificates {
        client_tls: Some(ClientTlsConfig {
            client_cert: certificate.into(),
            client_key: key.into(),
        }),
        ..authority.is_trusted()
    };
    let trusting = |pem: &str| TlsCertificates {
        root_cert: Some(pem.into()),
        client_tls: None,
    };
    let garbled = certificate.replace("MII", "M!!");
    let url = "rediss://:hunter2@localhost/";
    let refused = |url: &str, certificates: TlsCertificates| {
        let one = RedisRates::lazy(url).unwrap();
        let one = one.with_certificates(certificates.clone()).unwrap_err();
        let cluster = RedisRates::lazy_cluster([url]).unwrap();
        let cluster = cluster.with_certificates(certificates).unwrap_err();
        assert_eq!(one.reason(), cluster.reason());
        let said = format!("{one} {one:?}");
        assert!(!said.contains("hunter2"), "{said}");
        let secret = key.lines().nth(1).unwrap();
        assert!(!said.contains(secret), "{said}");
        one.reason().to_owned()
    };
    for pem in ["", "hello", &key, &garbled] {
        let said = refused(url, trusting(pem));
        assert!(
            said.contains("there is no certificate in the PEM"),
            "{said}"
        );
        let said = refused(url, own(pem, &key));
        assert!(
            said.contains("there is no certificate in the PEM"),
            "{said}"
        );
    }
    for pem in ["", "hello", &certificate] {
        let said = refused(url, own(&certificate, pem));
        assert!(said.contains("there is no private key"), "{said}");
    }
    let said = refused(url, own(&certificate, &of_another));
    assert!(said.contains("none of the certificate's"), "{said}");
    let said = refused("redis://:hunter2@localhost/", authority.is_trusted());
    assert!(said.contains("`rediss://`"), "{said}");
}
