//! The disk tier on files that tear, fill up and fail; and what a restart finds.

mod faults;
mod kit;
mod restart;
mod scale;
