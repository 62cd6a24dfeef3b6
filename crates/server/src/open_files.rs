//! How many files, and thus connections, the process may have open.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Raises the limit as far as the system lets us: shells start programs with one that fits no server.
pub fn allow_all() {
    let limit = getrlimit(Resource::Nofile);
    let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => tracing::debug!(files = limit.maximum, "raised the limit of open files"),
        Err(error) => tracing::debug!(%error, files = limit.current, "the limit of open files stays"),
    }
}
