//! How a database gets from one schema to the next, and what is read back from one that is live.

mod cases;
mod drift;
pub(crate) mod dump;
mod hazards;
mod listed;
mod live;
mod locks;
mod pairs;
mod precautions;
mod reprinted;
mod round_trip;
mod rows;
mod said;
