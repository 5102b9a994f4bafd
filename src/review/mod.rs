//! Deciding, without the database: reasons, what follows from decisions, the order of the queue, agreement between
//! moderators. Pure functions over plain data.
//!
//! Not here: SQL and transactions (`store`), what is printed (`commands`).

pub mod agreement;
pub mod project;
pub mod queue;
pub mod reasons;
