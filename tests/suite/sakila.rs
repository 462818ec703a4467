//! The whole of the query language over Sakila's rows: each question is asked twice, of Rex and in SQL that
//! was written by hand, and has one answer, on both databases.

#![allow(clippy::type_complexity, reason = "what queries answer with is written out, so that it is checked")]

pub(super) mod asked;
mod complaints;
mod conditions;
mod eager;
mod ends;
mod groups;
mod joins;
mod methods;
mod nested;
mod rows;
mod shapes;
mod writes;
