//! Lookup: build the cache key, look, and join or lead the fetch of what is missing.

use std::sync::Arc;
use std::time::Duration;

use cache::{Held, Join, Permit, Settled, StoredError, StoredObject};
use http::Method;
use http::header::{IF_MATCH, IF_UNMODIFIED_SINCE};
use observe::{Step, Timeline};
use rules::cache_key::{CacheKey, Variant};
use rules::freshness::{self, Freshness};
use rules::{Because, Moment, ttl};

use super::asked::Asked;
use super::note;
use crate::edge::Worker;

/// What the cache has for a request.
pub enum Found {
    /// Ask the origin; others with the same key wait for this permit.
    Ask {
        /// The right to ask.
        permit: Permit,
        /// An expired object under the same key.
        expired: Option<Arc<StoredObject>>,
    },
    /// A fresh object.
    Fresh(Arc<StoredObject>),
    /// Nothing is stored for this behavior or method: ask the origin for this viewer alone.
    Pass,
    /// A remembered error (B29).
    Remembered(Arc<StoredError>),
    /// An error that is not remembered, but that this request waited for (B64).
    Shared(Arc<StoredError>),
    /// An expired object that answers because the origin failed a moment ago (B31).
    Stale(Arc<StoredObject>),
    /// An expired object that answers while it is refreshed (B45).
    WhileRevalidate {
        /// The object.
        object: Arc<StoredObject>,
        /// The right to refresh it, unless somebody is doing so.
        permit: Option<Permit>,
    },
}

/// Finds what the cache has for `asked`, waiting for a fetch under way if there is one (D50).
pub async fn run(worker: &Arc<Worker>, asked: &Asked, timeline: &mut Timeline) -> Found {
    if let Some(because) = ttl::caching_is_off(&asked.head.method, asked.behavior()) {
        note::push(timeline, Step::Lookup, "pass", note::NOTHING, because);
        return Found::Pass;
    }
    let lookup = Lookup::new(worker, asked);
    loop {
        let looked = lookup.look(worker.edge().now());
        if let Some(found) = lookup.usable(&looked, timeline) {
            return found;
        }
        if let Some(because) = lookup.asks_alone() {
            return lookup.ask(lookup.cache.lead_alone(&lookup.fill_key), looked, because, timeline);
        }
        match lookup.cache.join(&lookup.fill_key) {
            Join::Lead(permit) => {
                // Somebody may have finished between looking and joining; then the permit is given back.
                let looked = lookup.look(worker.edge().now());
                if let Some(found) = lookup.usable(&looked, timeline) {
                    return found;
                }
                let because = looked.freshness.because();
                return lookup.ask(permit, looked, because, timeline);
            }
            Join::Follow(waiter) => match waiter.settled(lookup.patience()).await {
                Settled::LookAgain => {}
                Settled::Shared(error) => {
                    let because = Because::new("B64", "waited for an error that is not remembered");
                    note::push(timeline, Step::Lookup, "shared-error", note::NOTHING, because);
                    return Found::Shared(error);
                }
                Settled::GoAlone => {
                    let because = Because::new("D52", "waited for an answer that is not shared");
                    return lookup.ask(lookup.cache.lead_alone(&lookup.fill_key), looked, because, timeline);
                }
                Settled::OutOfPatience => {
                    let because = Because::new("D53", "waited as long as the origin's response timeout");
                    return lookup.ask(lookup.cache.lead_alone(&lookup.fill_key), looked, because, timeline);
                }
            },
        }
    }
}

/// The keys of one request and where they are looked up.
struct Lookup<'a> {
    cache: &'a Arc<cache::Cache>,
    asked: &'a Asked,
    /// Where a GET answer would be.
    key: CacheKey,
    /// Where the answer to this request will be stored; differs from `key` for HEAD and OPTIONS.
    fill_key: CacheKey,
}

/// What one look found.
struct Looked {
    object: Option<Arc<StoredObject>>,
    error: Option<Arc<StoredError>>,
    freshness: Freshness,
    at: Moment,
}

impl<'a> Lookup<'a> {
    fn new(worker: &'a Arc<Worker>, asked: &'a Asked) -> Self {
        let variant = asked.variant();
        let fill_key = asked.key(variant);
        let key = if variant == Variant::HeadOnly { asked.key(Variant::Get) } else { fill_key.clone() };
        Self { cache: worker.edge().cache(), asked, key, fill_key }
    }

    fn look(&self, now: Moment) -> Looked {
        let mut held = self.cache.held(&self.key);
        if self.asked.head.method == Method::HEAD {
            held = with_head_only(held, self.cache.held(&self.fill_key), now);
        }
        let freshness = freshness::decide(
            held.object.as_ref().map(|object| &object.times),
            held.error.as_ref().map(|error| &error.times),
            now,
        );
        Looked { object: held.object, error: held.error, freshness, at: now }
    }

    /// What can be answered without the origin; `None` when the origin has to be asked.
    fn usable(&self, looked: &Looked, timeline: &mut Timeline) -> Option<Found> {
        let because = looked.freshness.because();
        let found = match (looked.freshness, &looked.object, &looked.error) {
            (Freshness::Fresh(_), Some(object), _) => Found::Fresh(Arc::clone(object)),
            (Freshness::HeldOff(_), Some(object), _) => Found::Stale(Arc::clone(object)),
            (Freshness::RememberedError(_), _, Some(error)) => Found::Remembered(Arc::clone(error)),
            (Freshness::WhileRevalidate(_), Some(object), _) => {
                Found::WhileRevalidate { object: Arc::clone(object), permit: self.refresh_permit() }
            }
            _ => return None,
        };
        note_found(&found, looked.at, because, timeline);
        Some(found)
    }

    /// One refresh for each key at a time (B45).
    fn refresh_permit(&self) -> Option<Permit> {
        match self.cache.join(&self.key) {
            Join::Lead(permit) => Some(permit),
            Join::Follow(_) => None,
        }
    }

    /// Why this request asks for itself instead of joining others, if it does.
    fn asks_alone(&self) -> Option<Because> {
        if self.asked.behavior().forwards_cookies_outside_key() {
            return Some(Because::new("D51", "cookies outside the cache key: not collapsed"));
        }
        // The origin evaluates these (I24): what it answers is for this viewer only.
        let fields = &self.asked.head.fields;
        let guarded = fields.contains(&IF_MATCH) || fields.contains(&IF_UNMODIFIED_SINCE);
        guarded.then(|| Because::new("I24", "the viewer's precondition is forwarded: not collapsed"))
    }

    fn ask(&self, permit: Permit, looked: Looked, because: Because, timeline: &mut Timeline) -> Found {
        let (decision, expired) = match looked.object {
            Some(object) => ("expired", Some(object)),
            None => ("nothing", None),
        };
        note::push(timeline, Step::Lookup, decision, note::NOTHING, because);
        Found::Ask { permit, expired }
    }

    /// How long a request waits for another's answer (D53), in real time.
    fn patience(&self) -> Duration {
        let (first, second) = self.asked.origins();
        first
            .into_iter()
            .chain(second)
            .map(|origin| origin.response_timeout)
            .max()
            .unwrap_or(Duration::from_secs(30))
    }
}

/// HEAD may use what GET has learned, and what HEAD has learned (D03, B66).
fn with_head_only(get: Held, head: Held, now: Moment) -> Held {
    let alive = |error: &Arc<StoredError>| now < error.times.until;
    let fresh = |object: &Arc<StoredObject>| now < object.times.fresh_until;
    Held {
        object: match (get.object, head.object) {
            (Some(get), _) if fresh(&get) => Some(get),
            (_, Some(head)) if fresh(&head) => Some(head),
            (get, head) => get.or(head),
        },
        error: get.error.filter(alive).or(head.error),
    }
}

fn note_found(found: &Found, now: Moment, because: Because, timeline: &mut Timeline) {
    let (decision, times) = match found {
        Found::Fresh(object) => ("fresh", Some((object.times.received_at, object.times.fresh_until))),
        Found::Stale(object) => ("stale", Some((object.times.received_at, object.times.fresh_until))),
        Found::Remembered(error) => ("remembered-error", Some((error.times.received_at, error.times.until))),
        Found::WhileRevalidate { object, .. } => {
            ("while-revalidate", Some((object.times.received_at, object.times.fresh_until)))
        }
        Found::Ask { .. } | Found::Pass | Found::Shared(_) => return,
    };
    let inputs = match times {
        Some((received_at, until)) => {
            [note::seconds("age", now.since(received_at)), note::seconds("left", until.since(now)), None]
        }
        None => note::NOTHING,
    };
    note::push(timeline, Step::Lookup, decision, inputs, because);
}
