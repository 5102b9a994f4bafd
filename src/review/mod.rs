//! Deciding, without the database: reasons, what follows from decisions, the order of the queue, agreement between
//! moderators, samples to judge again. Pure functions over plain data.
//!
//! Not here: SQL and transactions (`store`), what is printed (`commands`).

pub mod agreement;
pub mod project;
pub mod queue;
pub mod reasons;
pub mod sample;
