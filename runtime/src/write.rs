//! Writing: new rows, changes, deletes, links.

mod changes;
mod create;
mod defaults;
mod delete;
mod insert;
mod link;

pub use changes::{ByKey, Matching, Target, Update};
pub use create::{Draft, Missing, Set};
pub(crate) use delete::{delete, delete_matching};
pub(crate) use insert::{insert, insert_many};
pub use link::Links;
