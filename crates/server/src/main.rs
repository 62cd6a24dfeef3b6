//! Settings, roles and wiring of the warmfront binary.
fn main() {}
