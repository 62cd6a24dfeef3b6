//! Questions about a configuration, stored or not, answered by the code that serves viewers.
//!
//! [`Stage::check_pages`] tells whether the page of each custom error response can be had right now and what will
//! disappoint; [`Stage::try_requests`] tells what viewers would get while origins fail, and why. Both run on a
//! rehearsal: nothing that viewers are served from is touched. The words of questions and answers are JSON and are
//! described in `console/README.md`; who may ask is not decided here.

mod ask;
mod check_page;
mod grant;
mod previews;
mod text;
mod try_it;

use std::sync::Arc;

use edge::Edge;
use edge::rehearsal::Rehearsal;
use previews::Previews;
use rules::model::Distribution;

pub use ask::Unanswerable;
pub use check_page::{CheckPages, Pages};
pub use previews::Preview;
pub use try_it::{Answers, TryRequests};

/// Where questions are answered: the edge's settings, and connections to origins of its own.
pub struct Stage {
    edge: Arc<Edge>,
    origins: Arc<origin::Origins>,
    previews: Previews,
}

// === impl Stage ===

impl Stage {
    /// A stage with the settings of `edge`. Questions are to be asked on one runtime only.
    ///
    /// # Errors
    /// When the certificates that origins are trusted by cannot be used.
    pub fn new(edge: Arc<Edge>) -> Result<Self, origin::Error> {
        let origins = origin::Origins::new(edge.settings().origins.clone())?;
        Ok(Self { edge, origins, previews: Previews::default() })
    }

    /// A page that was fetched a moment ago, to be looked at.
    pub fn preview(&self, token: &str) -> Option<Preview> {
        self.previews.find(token, self.now_ms())
    }

    fn rehearsal(&self, distribution: &Arc<Distribution>) -> Result<Rehearsal, Unanswerable> {
        Rehearsal::new(&self.edge, Arc::clone(&self.origins), Arc::clone(distribution))
            .map_err(|_| Unanswerable::Internal)
    }

    fn now_ms(&self) -> u64 {
        self.edge.clock().now_ms()
    }
}
