//! The gate without a framework.

use entitlements_core::testing::TestRequest;
use entitlements_core::{Decision, Gate};

use super::{Answer, Case};
use crate::scenario::model::Request;

pub(super) fn answer(case: &Case) -> Answer {
    let requirement = case.requirement.clone();
    let gate = if case.wiring.has_own() {
        Gate::on(requirement, &case.engine).expect("the catalog has all names")
    } else {
        Gate::new(requirement)
    };
    let current = case.wiring.has_layer().then(|| case.engine.current());
    let decision = gate.judge(current.as_ref(), &head(&case.request));
    // A gate may remember what it said, but not say anything else then.
    let again = gate.judge(current.as_ref(), &head(&case.request));
    assert_eq!(decision, again, "the same request to the same gate");
    match decision {
        Decision::Allow => Answer::new(200, [], "", 1),
        Decision::Deny(denial) => Answer::of_denial(&denial),
    }
}

fn head(request: &Request) -> TestRequest {
    let head = TestRequest::new(&request.method, "/");
    let headers = request.headers.iter();
    headers.fold(head, |head, (name, value)| head.header(name, value))
}
