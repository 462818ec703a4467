//! Migrations that are run: each test on both databases, where both have what it is about.

mod backfill;
mod chain;
mod live;
mod refusals;
mod steps;
mod ways;
