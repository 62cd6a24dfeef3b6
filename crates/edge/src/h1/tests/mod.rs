//! The codec's judges: a table of bytes, properties, time limits, and hyper.

mod chopping;
mod fuzz;
mod hyper;
mod replies;
mod stage;
mod table;
#[path = "../../../../rules/tests/decisions/tables.rs"]
mod tables;
mod times;
