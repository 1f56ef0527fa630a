//! What every deployment has.

pub(crate) mod api_keys;
pub(crate) mod configured;
pub(crate) mod jobs;
pub(crate) mod metrics;
pub(crate) mod nodes;
pub(crate) mod queues;
pub(crate) mod schedules;
pub(crate) mod webhooks;

pub(crate) use api_keys::ApiKey;
pub(crate) use schedules::Schedule;
pub(crate) use webhooks::Webhook;
