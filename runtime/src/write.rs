//! Writing: new rows, changes, deletes, links.

pub(crate) mod arrays;
mod by_key;
mod changes;
mod copy;
mod create;
mod defaults;
mod delete;
mod insert;
mod link;
mod nested;
mod unsaved;
mod upkeep;
mod upsert;

pub use by_key::ByKey;
pub use changes::{Matching, Target, Update, Wraps};
pub(crate) use copy::copy_in;
pub use create::{Draft, Missing, Set, States};
pub(crate) use delete::{Deletion, delete, mark_matching, remove, remove_matching, restore};
pub(crate) use insert::{check, insert, insert_many};
pub use link::Links;
pub use nested::{Each, Linked, Nests, each};
pub use unsaved::{Unsaved, WrittenWhenAwaited};
