//! Migrations that are run: each test on both databases, where both have what it is about.

mod chain;
mod live;
mod ways;
