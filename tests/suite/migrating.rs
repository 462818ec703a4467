//! Migrations that are run: each test on both databases, where both have what it is about.

mod backfill;
mod chain;
mod crashes;
mod live;
mod locks;
mod races;
mod refusals;
mod starters;
mod steps;
mod stops;
mod vacuum;
mod ways;
