//! How far the edge has come: the revision of the store that viewers are served from.
//!
//! Whoever installs snapshots tells [`Deployment::applied`]; the API compares. Status is computed from this on every
//! read and stored nowhere, so that reading changes nothing.

use std::sync::Arc;
use std::time::Duration;

use store::Revision;
use tokio::sync::watch;

/// The newest revision that the edge serves. Clones share it.
#[derive(Debug, Clone)]
pub struct Deployment {
    applied: Arc<watch::Sender<Revision>>,
}

/// The status of a distribution whose configuration every edge has.
const DEPLOYED: &str = "Deployed";

/// The status of an invalidation that every edge has carried out. The SDKs' waiters look for this spelling.
const COMPLETED: &str = "Completed";

/// The status of whatever has not reached every edge.
pub(crate) const IN_PROGRESS: &str = "InProgress";

// === impl Deployment ===

impl Deployment {
    /// Nothing is deployed yet.
    #[must_use]
    pub fn new() -> Self {
        Self { applied: Arc::new(watch::Sender::new(Revision::default())) }
    }

    /// The edge serves everything up to `revision`. To be told for every commit below [`crate::records::PREFIX`], also
    /// for one that changes nothing for viewers. A smaller revision than before changes nothing.
    pub fn applied(&self, revision: Revision) {
        self.applied.send_if_modified(|applied| {
            let grows = revision > *applied;
            if grows {
                *applied = revision;
            }
            grows
        });
    }

    /// Whether the edge serves what was written at `revision`.
    #[must_use]
    pub fn is_deployed(&self, revision: Revision) -> bool {
        *self.applied.borrow() >= revision
    }

    /// Waits until the edge serves `revision`, at most for `limit` of real time; answers whether it does. Cancel-safe.
    pub async fn wait(&self, revision: Revision, limit: Duration) -> bool {
        let mut applied = self.applied.subscribe();
        let reached = applied.wait_for(|applied| *applied >= revision);
        tokio::time::timeout(limit, reached).await.is_ok_and(|reached| reached.is_ok())
    }

    /// The status of a distribution that was written at `revision`.
    pub(crate) fn distribution_status(&self, revision: Revision) -> &'static str {
        if self.is_deployed(revision) { DEPLOYED } else { IN_PROGRESS }
    }

    /// The status of an invalidation that was written at `revision`.
    pub(crate) fn invalidation_status(&self, revision: Revision) -> &'static str {
        if self.is_deployed(revision) { COMPLETED } else { IN_PROGRESS }
    }
}

impl Default for Deployment {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wait_ends_when_the_revision_or_a_later_one_is_applied() {
        let deployment = Deployment::new();
        let twin = deployment.clone();
        let waiting = tokio::spawn(async move { twin.wait(Revision(3), Duration::from_secs(60)).await });
        deployment.applied(Revision(2));
        assert!(!deployment.is_deployed(Revision(3)));
        deployment.applied(Revision(4));
        assert!(waiting.await.unwrap());
        assert_eq!(deployment.distribution_status(Revision(3)), "Deployed");
    }

    #[tokio::test]
    async fn a_wait_for_an_edge_that_never_comes_is_bounded() {
        assert!(!Deployment::new().wait(Revision(1), Duration::ZERO).await);
    }

    #[test]
    fn a_deployment_never_goes_back() {
        let deployment = Deployment::new();
        deployment.applied(Revision(5));
        deployment.applied(Revision(4));
        assert!(deployment.is_deployed(Revision(5)));
        assert_eq!(deployment.invalidation_status(Revision(6)), "InProgress");
    }
}
