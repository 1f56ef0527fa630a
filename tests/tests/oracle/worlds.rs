//! Everything that an answer follows from, and an engine that holds it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use entitlements_core::account::{AccountChange, AccountTerms, NewAccount};
use entitlements_core::allowlist::{
    AllowlistChange, AllowlistStore, ChangedBy, EntryPatch, MemoryAllowlists,
};
use entitlements_core::testing::{self, ManualClock, TestRequest};
use entitlements_core::{
    AccountId, Admission, Answered, Catalog, Clock, Current, Decision, DeploymentMode,
    Entitlements, Environment, Gate, Timestamp,
};
use entitlements_tests::oracle::{Answer, Asked, License, World, product};
use entitlements_tests::scenario::keys::Signer;
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

pub(crate) const DAY: i64 = 86_400;
pub(crate) const NOW: i64 = 1_767_268_800;

/// What a document names.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    pub(crate) features: Vec<String>,
    pub(crate) limits: Vec<String>,
    pub(crate) rates: Vec<String>,
    pub(crate) plans: Vec<String>,
    pub(crate) plan_order: Vec<String>,
    pub(crate) addons: Vec<String>,
    pub(crate) plan_may_be_missing: bool,
}

pub(crate) fn names(document: &Value) -> Names {
    let table = |name: &str| -> Vec<String> {
        let table = document[name].as_object();
        table
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect()
    };
    let order = document["product"]["plan_order"].as_array();
    Names {
        features: table("features"),
        limits: table("limits"),
        rates: table("rates"),
        plans: table("plans"),
        plan_order: order
            .into_iter()
            .flatten()
            .map(|plan| plan.as_str().unwrap().to_owned())
            .collect(),
        addons: table("addons"),
        plan_may_be_missing: document["license"]["grants"] == "listed",
    }
}

/// A catalog's document, the world that it is in, and questions.
pub(crate) type Case = (Value, World, Vec<(Asked, &'static str)>);

pub(crate) fn case(questions: usize) -> impl Strategy<Value = Case> {
    crate::products::document().prop_flat_map(move |document| {
        let names = names(&document);
        let asked = vec(
            (crate::asking::asked(&names), crate::asking::method()),
            1..=questions,
        );
        (Just(document.clone()), world(&document), asked)
    })
}

pub(crate) fn world(document: &Value) -> impl Strategy<Value = World> + use<> {
    let names = names(document);
    let product = product(document);
    let used: Vec<_> = names
        .limits
        .iter()
        .map(|limit| (Just(limit.clone()), 0_u64..25))
        .collect();
    (
        prop_oneof![
            Just(DeploymentMode::SelfHosted),
            Just(DeploymentMode::Cloud)
        ],
        option::of(Just("here".to_owned())),
        vec(crate::licenses::license(&names), 0..4),
        prop::bool::weighted(0.1),
        option::weighted(
            0.2,
            btree_set(select(vec!["a".to_owned(), "b".to_owned()]), 1..=2),
        ),
        option::weighted(0.6, crate::accounts::terms(&names)),
        used,
        (crate::addresses::list(), crate::addresses::client()),
    )
        .prop_map(
            move |(mode, deployment, licenses, forged, revoked, terms, used, (list, client))| {
                World {
                    product: product.clone(),
                    mode,
                    deployment,
                    licenses: told_apart(licenses),
                    forged,
                    revoked: revoked.unwrap_or_default(),
                    terms: terms.unwrap_or_default(),
                    used: used.into_iter().collect::<BTreeMap<_, _>>(),
                    list,
                    client,
                    now: NOW,
                }
            },
        )
}

/// S10 does not say which of two counts that have one id, were issued at one time and expire at one.
fn told_apart(licenses: Vec<License>) -> Vec<License> {
    let mut seen = BTreeSet::new();
    let mut kept: Vec<License> = Vec::new();
    for license in licenses {
        let key = (license.id.clone(), license.issued_at, license.expires);
        if license.id.is_none() || seen.insert(key) {
            kept.push(license);
        }
    }
    kept
}

/// An engine that holds what the world says, and its account.
pub(crate) struct Held {
    engine: Entitlements,
    clock: Arc<ManualClock>,
    pub(crate) current: Current,
    client: Option<IpAddr>,
    runtime: tokio::runtime::Runtime,
}

const ACCOUNT: &str = "acme";

pub(crate) fn held(document: &Value, world: &World) -> Held {
    let text = document.to_string();
    let catalog = Catalog::from_json(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let clock = Arc::new(ManualClock::at(Timestamp::from_unix_seconds(world.now)));
    let lists = MemoryAllowlists::default();
    let mut builder = Entitlements::builder()
        .catalog(catalog)
        .trusted_key(entitlements_tests::scenario::keys::trusted())
        .deployment_mode(world.mode)
        .environment(Environment::of::<String, String>([]))
        .allowlists(lists.clone())
        .clock(Arc::clone(&clock) as Arc<dyn Clock>);
    if let Some(id) = &world.deployment {
        builder = builder.deployment_id(id.clone());
    }
    for license in &world.licenses {
        builder = builder.license_key(Signer::Vendor.license(&license.claims()));
    }
    if world.forged {
        builder = builder.license_key(Signer::Stranger.license(&License::default().claims()));
    }
    if !world.revoked.is_empty() {
        let ids: Vec<_> = world.revoked.iter().cloned().collect();
        builder = builder.revocations(Signer::Vendor.revocations(
            &ids,
            &[],
            Timestamp::from_unix_seconds(0),
        ));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let account = AccountId::new(ACCOUNT);
    let (engine, current) = runtime.block_on(async {
        let (engine, _) = builder.build().await.unwrap();
        if !world.terms.is_empty() {
            // Past the engine, which would refuse names that the catalog lacks.
            let sold = NewAccount::new(ACCOUNT, world.terms.clone(), testing::NOW);
            assert!(engine.accounts().insert(sold).await.unwrap());
        }
        for (range, is_active) in &world.list {
            let add = AllowlistChange::add(range, "", "test", testing::NOW).unwrap();
            let id = add.id().to_owned();
            put(&lists, &account, add).await;
            if !is_active {
                let patch = EntryPatch {
                    is_active: Some(false),
                    ..EntryPatch::default()
                };
                put(&lists, &account, AllowlistChange::change(id, patch)).await;
            }
        }
        for (limit, used) in &world.used {
            engine
                .limit(&account, limit.clone())
                .sync(*used)
                .await
                .unwrap();
        }
        let current = engine.current_of(&account).await.unwrap();
        (engine, current)
    });
    Held {
        engine,
        clock,
        current,
        client: world.client,
        runtime,
    }
}

async fn put(lists: &MemoryAllowlists, account: &AccountId, change: AllowlistChange) {
    let by = ChangedBy::nobody();
    lists.change(account, change, by).await.unwrap();
}

impl Held {
    /// What a gate says.
    pub(crate) fn says(&self, asked: &Asked, method: &str) -> Answer {
        let gate = Gate::new(asked.requirement());
        self.judged(&gate, &self.head(method))
    }

    /// The head of a request.
    pub(crate) fn head(&self, method: &str) -> TestRequest {
        let head = TestRequest::new(method, "/");
        match self.client {
            Some(client) => head.peer(&client.to_string()),
            None => head,
        }
    }

    pub(crate) fn judged(&self, gate: &Gate, head: &TestRequest) -> Answer {
        match gate.judge(Some(&self.current), head) {
            Decision::Allow => Answer::Allow,
            Decision::Deny(denial) => Answer::Deny {
                status: denial.problem().status(),
                body: denial.problem().body().to_owned(),
            },
        }
    }

    /// Lets time pass, and sells the account something else where it is said.
    pub(crate) fn move_on(&mut self, time: Duration, sold: Option<&AccountTerms>) {
        self.clock.advance(time);
        let account = AccountId::new(ACCOUNT);
        let engine = &self.engine;
        self.current = self.runtime.block_on(async {
            if let Some(terms) = sold {
                // Past the engine, as where it was sold first.
                let new = NewAccount::new(ACCOUNT, terms.clone(), testing::NOW);
                if !engine.accounts().insert(new).await.unwrap() {
                    let (name, terms) = (String::new(), terms.clone());
                    let change = AccountChange { name, terms };
                    let change = Box::new(move |_: &_| Some(change.clone()));
                    engine.accounts().change(&account, change).await.unwrap();
                }
            }
            engine.current_of(&account).await.unwrap()
        });
    }

    /// What becomes of a request whose handler succeeds, and what the answer says of rates, in the order of names.
    pub(crate) fn answers(
        &self,
        gate: &Gate,
        head: &TestRequest,
    ) -> (Answer, Vec<(String, String)>) {
        let mut headers = Vec::new();
        let mut say = |name: &str, line: &str| headers.push((name.to_owned(), line.to_owned()));
        let answer = self.runtime.block_on(async {
            let mut admission = gate.admit(Some(&self.current), head);
            loop {
                match admission {
                    Admission::Pass => return Answer::Allow,
                    Admission::Rated(rates) => {
                        rates.visit(&mut say);
                        return Answer::Allow;
                    }
                    Admission::Hold(hold) => {
                        if let Some(rates) = hold.rates() {
                            rates.visit(&mut say);
                        }
                        drop(hold.head(Answered::with(200, None)).await);
                        return Answer::Allow;
                    }
                    Admission::Deny(denial) => {
                        let problem = denial.problem();
                        for (name, line) in problem.headers() {
                            if name.contains("ratelimit") || name == "retry-after" {
                                say(name, &line);
                            }
                        }
                        return Answer::Deny {
                            status: problem.status(),
                            body: problem.body().to_owned(),
                        };
                    }
                    Admission::Later(later) => admission = later.await,
                }
            }
        });
        headers.sort();
        (answer, headers)
    }

    /// What becomes of a request whose handler succeeds.
    pub(crate) fn serves(&self, asked: &Asked, method: &str) -> bool {
        let gate = Gate::new(asked.requirement());
        self.runtime.block_on(async {
            let mut admission = gate.admit(Some(&self.current), &self.head(method));
            loop {
                match admission {
                    Admission::Pass | Admission::Rated(_) => return true,
                    Admission::Hold(hold) => {
                        drop(hold.head(Answered::with(200, None)).await);
                        return true;
                    }
                    Admission::Deny(_) => return false,
                    Admission::Later(later) => admission = later.await,
                }
            }
        })
    }

    /// How many are used of each limit.
    pub(crate) fn used(&self) -> BTreeMap<String, u64> {
        let account = AccountId::new(ACCOUNT);
        let limits = self.engine.catalog().limits();
        let used = limits.map(|(_, limit)| {
            let limit = limit.name().to_owned();
            let used = self
                .runtime
                .block_on(self.engine.limit(&account, limit.clone()).used());
            (limit, used.unwrap())
        });
        used.collect()
    }
}
