//! Questions of the awkward sort, to a clinic's rows: groups of joins, windows over named queries, trees,
//! queries within queries, pages over what may be null, and loading along join tables; each has the answer
//! of SQL that was written by hand, on both databases.

#![allow(clippy::type_complexity, reason = "what queries answer with is written out, so that it is checked")]

mod correlated;
mod eager;
mod groups;
mod pages;
mod rows;
mod trees;
mod values;
mod windows;
mod writes;
