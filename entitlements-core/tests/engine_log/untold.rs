//! What a gate says where addresses cannot be told (X20).

use entitlements_core::allowlist::{FixedAllowlist, WhenEmpty};
use entitlements_core::client_address::{ClientAddress, ForwardedHeader, TrustedProxies};
use entitlements_core::testing::{self, TestRequest};
use entitlements_core::{Entitlements, Gate, Requirement};

use crate::{block_on, log};

/// A probe that a load balancer sends for itself, and a client that is in the proxies' network, are denied and told of; what is wrong for everybody
/// later is told of too.
#[test]
fn x20_what_one_client_causes_silences_nothing_that_all_are_denied_for() {
    log::listen();
    let engine = block_on(async {
        let proxies = TrustedProxies::parse(["10.0.0.0/8"]).unwrap();
        let built = Entitlements::builder()
            .catalog(testing::catalog())
            .client_address(ClientAddress::new(proxies, ForwardedHeader::default()))
            .build();
        built.await.unwrap().0
    });
    let office = FixedAllowlist::new(["192.0.2.0/24"], WhenEmpty::DenyAll).unwrap();
    let gate = Gate::on(Requirement::fixed_allowlist(office), &engine).unwrap();
    let _ = log::take();
    let from_within = || {
        TestRequest::get("/")
            .peer("10.0.0.7")
            .header("X-Forwarded-For", "10.0.0.8")
    };
    let without_header = || TestRequest::get("/").peer("10.0.0.7");
    let told = |request: TestRequest| {
        assert!(gate.judge(None, &request).denial().is_some());
        let lines = log::take();
        lines
            .iter()
            .filter(|line| line.contains("gate cannot decide"))
            .count()
    };
    // Each once.
    assert_eq!((told(from_within()), told(from_within())), (1, 0));
    assert_eq!((told(without_header()), told(without_header())), (1, 0));
    assert_eq!(
        (told(TestRequest::get("/")), told(TestRequest::get("/"))),
        (1, 0)
    );
    assert_eq!((told(from_within()), told(without_header())), (0, 0));
}
