//! M18: the OpenAPI document says what the API does. Each answer of a story is held against it, and each answer that it announces is
//! given in that story.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "a test that cannot go on stops, and says where"
)]

mod allowlists;
mod document;
mod down;
mod form;
mod refusals;
mod story;
mod world;

use world::World;

#[tokio::test]
async fn m18_every_answer_is_documented_and_every_documented_answer_is_given() {
    let mut world = World::new().await;
    refusals::refuse_all(&mut world).await;
    story::tell(&mut world).await;
    allowlists::tell(&mut world).await;
    down::fail(&mut world).await;
    world.assert_nothing_is_missing();
}
