//! The shape of queries: what they select, join, group, aggregate and read from other queries; on both
//! databases, and compared with the same query in plain SQL.

#![allow(clippy::type_complexity, reason = "what queries answer with is written out, so that it is checked")]

mod eager;
mod groups;
mod joins;
mod named;
mod selecting;
mod shop;
mod unions;
mod whole;
mod windows;

pub(super) use shop::on_every_shop;
