#[path = "stand_ins.rs"]
mod stand_ins;

mod names {
    entitlements_macros::catalog!("tests/catalog.toml", crate = crate::stand_ins);
}

fn main() {
    let _ = names::features::SOS;
}
