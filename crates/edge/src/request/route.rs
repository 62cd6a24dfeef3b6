//! Route: host to distribution, default root object, path to cache behavior.

use std::sync::Arc;

use observe::{Step, Timeline};
use rules::Because;
use rules::admit::{self, Refusal};
use rules::model::{BehaviorIndex, CacheBehavior, DefaultRootObject, Distribution, Snapshot};
use rules::path_pattern::normalize;
use rules::request::{RequestHead, Text};

use super::heads;
use super::note;
use super::receive::Refused;

/// A request that has found its distribution and cache behavior.
pub struct Routed {
    /// The distribution.
    pub distribution: Arc<Distribution>,
    /// The cache behavior.
    pub behavior: BehaviorIndex,
    /// The head, with the default root object in place (E30).
    pub head: Arc<RequestHead>,
    /// The path that the viewer asked for, without the default root object.
    pub asked_path: Text,
    /// A refusal that routing found but that comes after admission: the default root object (E33).
    pub refusal: Option<Refusal>,
}

impl Routed {
    /// The cache behavior itself.
    pub fn behavior(&self) -> &CacheBehavior {
        self.distribution.behaviors.at(self.behavior)
    }
}

/// Finds distribution and behavior; refuses a host that is not served here (E03, E04).
pub fn run(
    snapshot: &Snapshot,
    mut head: RequestHead,
    timeline: &mut Timeline,
) -> Result<Routed, Box<Refused>> {
    let found = snapshot.hosts.find(&head.host).and_then(|index| snapshot.distributions.get(index));
    let Some(distribution) = found.filter(|distribution| distribution.enabled) else {
        let refusal = admit::unknown_host();
        note::push(
            timeline,
            Step::Route,
            "refuse",
            [note::said("host", &head.host), None, None],
            refusal.because,
        );
        return Err(Box::new(Refused { head, refusal }));
    };
    let asked_path = head.path.clone();
    let refusal = default_root_object(distribution, &mut head);
    let behavior = distribution.behaviors.find(&normalize(&head.path));
    note_route(distribution, behavior, &head, timeline);
    Ok(Routed {
        distribution: Arc::clone(distribution),
        behavior,
        head: heads::share(head),
        asked_path,
        refusal,
    })
}

/// Rewrites exactly `/` (E30) before the behavior is matched (0.1 step 7).
fn default_root_object(distribution: &Distribution, head: &mut RequestHead) -> Option<Refusal> {
    match &distribution.default_root_object {
        DefaultRootObject::Path(path) if &*head.path == "/" => head.path = path.clone(),
        DefaultRootObject::Invalid if &*head.path == "/" => return Some(admit::invalid_default_root_object()),
        DefaultRootObject::Path(_) | DefaultRootObject::Invalid | DefaultRootObject::None => {}
    }
    None
}

fn note_route(
    distribution: &Distribution,
    behavior: BehaviorIndex,
    head: &RequestHead,
    timeline: &mut Timeline,
) {
    let (decision, because) = match behavior {
        BehaviorIndex::Listed(_) => ("listed", Because::new("E40", "first cache behavior that matches")),
        BehaviorIndex::Default => ("default", Because::new("E40", "no listed cache behavior matches")),
    };
    let pattern = distribution.behaviors.at(behavior).pattern.shared();
    let inputs = [
        note::text("distribution", &distribution.id),
        note::text("behavior", pattern),
        note::said("path", &head.path),
    ];
    note::push(timeline, Step::Route, decision, inputs, because);
}
