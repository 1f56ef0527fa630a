//! The gate without a framework.

use entitlements_core::rate::RateReport;
use entitlements_core::testing::TestRequest;
use entitlements_core::{Admission, Answered, Callers, Gate, ResolveAccount};

use super::{Answer, Case, Handler};
use crate::scenario::model::Request;
use crate::scenario::require::ruled;

pub(super) async fn answers(case: Case) -> Vec<Answer> {
    let callers = Callers::new(case.stage.engine.clone());
    match &case.account_from {
        None => ask_each(&case, callers).await,
        Some(from) => ask_each(&case, callers.told_by(from.resolver())).await,
    }
}

async fn ask_each<R: ResolveAccount + Clone>(case: &Case, callers: Callers<R>) -> Vec<Answer> {
    let callers = match &case.anonymous_plan {
        None => callers,
        Some(plan) => callers
            .try_anonymous_on_plan(plan)
            .expect("the catalog has the plan"),
    };
    let gate = ruled!(
        Gate::new(case.requirement.clone()),
        &case.rules,
        rate_headers,
        legacy_rate_headers
    );
    let gate = if case.wiring.has_own() {
        gate.given(&case.stage.engine)
            .expect("the catalog has all names")
    } else {
        gate
    };
    let handler = Handler::default();
    let ask = async |request: &Request| ask(case, &callers, &gate, request, &handler).await;
    case.each(&handler, ask).await
}

async fn ask<R: ResolveAccount>(
    case: &Case,
    callers: &Callers<R>,
    gate: &Gate,
    request: &Request,
    handler: &Handler,
) -> Answer {
    let mut head = head(request);
    let mut current = None;
    if case.wiring.has_layer() {
        match callers.current(&head).await {
            Ok(found) => current = Some(found),
            Err(why) => head = head.extension(why),
        }
    }
    match settled(gate.admit(current.as_ref(), &head)).await {
        Admission::Deny(denial) => {
            // A gate may remember what it said, but not say anything else then.
            let again = settled(gate.admit(current.as_ref(), &head)).await;
            let Admission::Deny(again) = again else {
                panic!("the same request to the same gate: {again:?}")
            };
            assert_eq!(denial, again, "the same request to the same gate");
            Answer::of_denial(&denial)
        }
        Admission::Hold(hold) => {
            let lines = hold.rates().map(lines).unwrap_or_default();
            let responds = handler.call();
            let grpc_status = responds.grpc_status.as_deref().map(str::as_bytes);
            let answered = Answered::with(responds.status, grpc_status);
            if let Some(body) = hold.head(answered).await {
                body.end();
            }
            Answer::new(responds.status, lines, "welcome")
        }
        Admission::Pass => Answer::new(handler.call().status, [], "welcome"),
        Admission::Rated(rates) => Answer::new(handler.call().status, lines(&rates), "welcome"),
        later @ Admission::Later(_) => panic!("it was waited for: {later:?}"),
    }
}

fn lines(rates: &RateReport) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    rates.visit(|name, line| lines.push((name.to_owned(), line.to_owned())));
    lines
}

async fn settled(mut admission: Admission) -> Admission {
    while let Admission::Later(later) = admission {
        admission = later.await;
    }
    admission
}

fn head(request: &Request) -> TestRequest {
    let target: http::Uri = request.path.parse().expect("the target is one");
    let head = TestRequest::new(&request.method, target.path());
    let head = match target.authority() {
        None => head,
        Some(authority) => head.authority(authority.as_str()),
    };
    let head = match request.authenticated() {
        None => head,
        Some(account) => head.extension(account),
    };
    let head = match request.user() {
        None => head,
        Some(user) => head.extension(user),
    };
    let head = match request.api_key() {
        None => head,
        Some(key) => head.extension(key),
    };
    let head = match request.peer() {
        None => head,
        Some(peer) => head.peer(&peer.ip().to_string()),
    };
    let headers = request.headers();
    headers.fold(head, |head, (name, value)| head.header(name, value))
}
