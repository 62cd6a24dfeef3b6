//! Which distribution a host belongs to (E.1).

/// Domain names and aliases of every distribution.
#[derive(Debug, Default)]
pub struct HostTable {}
