//! Files: reading what somebody else wrote, and writing what must never be half there.

mod kept;
mod read;
mod seen;
mod thread;
mod write;

pub(crate) use kept::{Damaged, KeptFile};
pub(crate) use read::{Unreadable, read_regular};
pub(crate) use seen::Seen;
pub(crate) use thread::on_a_thread;
pub(crate) use write::{
    make_folder, new_private_file, private_file, random_digits, replace, sync_folder,
};
