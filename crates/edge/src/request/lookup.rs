//! Lookup: build the cache key, look, and join or lead the fetch of what is missing.

use std::sync::Arc;
use std::time::Duration;

use cache::{Held, Join, Permit, Settled, StoredError, StoredObject, Torn};
use http::Method;
use http::header::{IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE};
use observe::{Step, Timeline};
use rules::cache_key::{CacheKey, Variant};
use rules::conditional::part_is_current;
use rules::forward::Along;
use rules::freshness::{self, Failure, Freshness, Stale};
use rules::range::Wanted;
use rules::result_type::ResultType;
use rules::{Because, Moment, admit, ttl};

use super::asked::{Asked, Purpose};
use super::{note, part};
use crate::answer::Answer;
use crate::edge::Worker;

/// What the cache has for a request.
pub enum Found {
    /// Ask the origin; others with the same key wait for this permit.
    Ask {
        /// The right to ask.
        permit: Right,
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
        /// What it answers, and so what the refresh asks for.
        variant: Variant,
        /// The right to refresh it, unless somebody is doing so.
        permit: Option<Right>,
    },
}

/// The right to ask the origin, and for what.
pub struct Right {
    /// Under the key that was looked at: the object's, or that of the part that is asked for.
    pub permit: Permit,
    /// While a part is asked for: under the key of the object, in case the origin sends all of it (I04).
    pub whole: Option<Permit>,
    /// What of the viewer's own goes along.
    pub along: Along,
}

/// Finds what the cache has for `asked`, waiting for a fetch under way if there is one (D50).
pub async fn run(worker: &Arc<Worker>, asked: &Asked, timeline: &mut Timeline) -> Found {
    if let Some(because) = ttl::caching_is_off(&asked.head.method, asked.behavior()) {
        note::push(timeline, Step::Lookup, "pass", note::NOTHING, because);
        return Found::Pass;
    }
    let lookup = Lookup::new(worker, asked);
    lookup.recall().await;
    loop {
        let looked = lookup.look(worker.edge().now());
        if let Some(found) = lookup.usable(&looked, timeline) {
            return found;
        }
        if let Some(because) = lookup.asks_alone(&looked) {
            let permit = lookup.cache.lead_alone(lookup.fill_key(looked.place));
            return lookup.ask(permit, looked, because, timeline);
        }
        match lookup.cache.join(lookup.fill_key(looked.place)) {
            Join::Lead(permit) => {
                // Somebody may have finished between looking and joining; then the permit is given back.
                let before = looked.place;
                let looked = lookup.look(worker.edge().now());
                if let Some(found) = lookup.usable(&looked, timeline) {
                    return found;
                }
                if looked.place != before {
                    continue;
                }
                let because = looked.freshness.because();
                return lookup.ask(permit, looked, because, timeline);
            }
            Join::Follow(waiter) => match waiter.settled(lookup.patience()).await {
                Settled::LookAgain => {}
                Settled::Shared(error) => return lookup.share(error, looked, timeline),
                Settled::GoAlone => {
                    let because = Because::new("D52", "waited for an answer that is not shared");
                    return lookup.go_alone(worker.edge().now(), because, timeline);
                }
                Settled::OutOfPatience => {
                    let because = Because::new("D53", "waited as long as the origin's response timeout");
                    return lookup.go_alone(worker.edge().now(), because, timeline);
                }
            },
        }
    }
}

/// The answer that the cache has for `asked`; `None` when something has to be waited for or asked.
pub fn held(worker: &Arc<Worker>, asked: &Asked, timeline: &mut Timeline) -> Option<Answer> {
    if ttl::caching_is_off(&asked.head.method, asked.behavior()).is_some() {
        return None;
    }
    let lookup = Lookup::new(worker, asked);
    let looked = lookup.look(worker.edge().now());
    let is_elsewhere = looked.object.is_none() && lookup.keys().any(|key| lookup.cache.is_on_disk_only(key));
    if is_elsewhere || matches!(looked.freshness, Freshness::WhileRevalidate(_)) {
        return None;
    }
    lookup.usable(&looked, timeline)?.answer(asked)?.ok()
}

// === impl Found ===

impl Found {
    /// The answer that it is; `None` when it is none yet. It fails when the body slipped away between looking and
    /// reading: it turned out too large to be kept.
    pub fn answer(&self, asked: &Asked) -> Option<Result<Answer, Torn>> {
        match self {
            Self::Ask { .. } | Self::Pass => None,
            Self::Fresh(object) | Self::Stale(object) | Self::WhileRevalidate { object, .. } => {
                Some(part::answer(asked, object, ResultType::Hit))
            }
            Self::Remembered(error) | Self::Shared(error) => {
                Some(Answer::of_error(error, asked.error_source(), &asked.request_id))
            }
        }
    }
}

/// The keys of one request and where they are looked up.
struct Lookup<'a> {
    cache: &'a Arc<cache::Cache>,
    asked: &'a Asked,
    edge_id: &'a str,
    /// Where a GET answer would be.
    key: CacheKey,
    /// Where the answer to this request will be stored; differs from `key` for HEAD and OPTIONS.
    fill_key: CacheKey,
    /// Where the part would be that is asked for, if it is one (I03).
    part_key: Option<CacheKey>,
}

/// Which key something was found under, or missed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Object,
    Part,
}

/// What one look found.
struct Looked {
    place: Place,
    object: Option<Arc<StoredObject>>,
    /// Whether the object is what only HEAD has learned.
    is_head_only: bool,
    error: Option<Arc<StoredError>>,
    freshness: Freshness,
    at: Moment,
}

impl<'a> Lookup<'a> {
    fn new(worker: &'a Arc<Worker>, asked: &'a Asked) -> Self {
        let variant = asked.variant();
        let fill_key = asked.key(variant);
        let key = if variant == Variant::HeadOnly { asked.key(Variant::Get) } else { fill_key.clone() };
        let edge_id = &worker.edge().names().edge_id;
        let part_key = asked.wanted.part().map(|range| fill_key.of_part(range));
        Self { cache: worker.edge().cache(), asked, edge_id, key, fill_key, part_key }
    }

    /// Every key under which there may be an answer.
    fn keys(&self) -> impl Iterator<Item = &CacheKey> {
        let fill_key = (self.fill_key != self.key).then_some(&self.fill_key);
        [&self.key].into_iter().chain(fill_key).chain(&self.part_key)
    }

    /// Brings into memory what the cache has on its disk only. Cancel-safe.
    async fn recall(&self) {
        for key in self.keys() {
            self.cache.recall(key).await;
        }
    }

    /// The key under which the answer will be stored.
    fn fill_key(&self, place: Place) -> &CacheKey {
        match (place, &self.part_key) {
            (Place::Part, Some(part_key)) => part_key,
            (Place::Part | Place::Object, _) => &self.fill_key,
        }
    }

    /// What is held of the object; of nothing, what is held of the part (I01).
    fn look(&self, now: Moment) -> Looked {
        let looked = self.look_for_object(now);
        match (&self.part_key, looked.freshness) {
            (Some(part_key), Freshness::Nothing(_)) => self.look_for_part(part_key, now),
            _ => looked,
        }
    }

    fn look_for_part(&self, part_key: &CacheKey, now: Moment) -> Looked {
        let mut held = self.cache.held(part_key);
        let said = &self.asked.head.fields;
        let is_other = held.object.as_ref().is_some_and(|part| !part_is_current(said, &part.fields));
        let freshness = if is_other {
            held = Held::default();
            Freshness::Nothing(Because::new(
                "I10",
                "If-Range names another version than the part that is held",
            ))
        } else {
            freshness::decide(
                held.object.as_ref().map(|part| &part.times),
                held.error.as_ref().map(|error| &error.times),
                now,
            )
        };
        let Held { object, error } = held;
        Looked { place: Place::Part, object, is_head_only: false, error, freshness, at: now }
    }

    fn look_for_object(&self, now: Moment) -> Looked {
        let mut held = self.cache.held(&self.key);
        let mut is_head_only = false;
        if self.asked.head.method == Method::HEAD {
            (held, is_head_only) = with_head_only(held, self.cache.held(&self.fill_key), now);
        }
        let freshness = freshness::decide(
            held.object.as_ref().map(|object| &object.times),
            held.error.as_ref().map(|error| &error.times),
            now,
        );
        let Held { object, error } = held;
        Looked { place: Place::Object, object, is_head_only, error, freshness, at: now }
    }

    /// What can be answered without the origin; `None` when the origin has to be asked.
    fn usable(&self, looked: &Looked, timeline: &mut Timeline) -> Option<Found> {
        let because = looked.freshness.because();
        let found = match (looked.freshness, &looked.object, &looked.error) {
            (Freshness::Fresh(_), Some(object), _) => Found::Fresh(Arc::clone(object)),
            (Freshness::HeldOff(_), Some(object), _) => Found::Stale(Arc::clone(object)),
            (Freshness::RememberedError(_), _, Some(error)) => Found::Remembered(Arc::clone(error)),
            (Freshness::WhileRevalidate(_), Some(object), _) => {
                let (variant, permit) = self.refresh_permit(looked);
                Found::WhileRevalidate { object: Arc::clone(object), variant, permit }
            }
            _ => return None,
        };
        note_found(&found, looked.at, because, timeline);
        Some(found)
    }

    /// One refresh for each key at a time (B45), of the object that answers now.
    fn refresh_permit(&self, looked: &Looked) -> (Variant, Option<Right>) {
        let (variant, key) = match (self.asked.variant(), looked.is_head_only) {
            (Variant::HeadOnly, false) => (Variant::Get, &self.key),
            (variant, _) => (variant, self.fill_key(looked.place)),
        };
        let permit = match self.cache.join(key) {
            // Somebody's refresh may have ended between looking and joining; then the permit is given back.
            Join::Lead(permit) => {
                let again = self.look(looked.at);
                let is_same = again.place == looked.place;
                (is_same && matches!(again.freshness, Freshness::WhileRevalidate(_)))
                    .then(|| self.right(permit, looked))
            }
            Join::Follow(_) => None,
        };
        (variant, permit)
    }

    /// What a request that waited gets of a failure that is not remembered: the expired object if that may
    /// answer (B30), otherwise the error (B64).
    fn share(&self, error: Arc<StoredError>, looked: Looked, timeline: &mut Timeline) -> Found {
        let stands_in = |object: &Arc<StoredObject>| {
            let failure = Failure::of(&error.times);
            error.times.status.is_server_error()
                && matches!(freshness::on_failure(&object.times, failure, looked.at), Stale::Serve(_))
        };
        if let Some(object) = looked.object.filter(stands_in) {
            let found = Found::Stale(object);
            note_found(&found, looked.at, Because::new("B30", "waited for a fetch that failed"), timeline);
            return found;
        }
        let because = Because::new("B64", "waited for an error that is not remembered");
        note::push(timeline, Step::Lookup, "shared-error", note::NOTHING, because);
        Found::Shared(error)
    }

    /// After waiting in vain: what is held by now, or a question of its own to the origin.
    fn go_alone(&self, now: Moment, because: Because, timeline: &mut Timeline) -> Found {
        let looked = self.look(now);
        match self.usable(&looked, timeline) {
            Some(found) => found,
            None => {
                let permit = self.cache.lead_alone(self.fill_key(looked.place));
                self.ask(permit, looked, because, timeline)
            }
        }
    }

    /// Why this request asks for itself instead of joining others, if it does.
    fn asks_alone(&self, looked: &Looked) -> Option<Because> {
        if self.asked.behavior().forwards_cookies_outside_key() {
            return Some(Because::new("D51", "cookies outside the cache key: not collapsed"));
        }
        // It may have been sent by the very request that it would wait for.
        if admit::passes(&self.asked.head.fields, self.edge_id) > 0 {
            return Some(Because::new("E20", "came through this edge already: not collapsed"));
        }
        // The origin evaluates these (I24): what it answers is for this viewer only.
        let fields = &self.asked.head.fields;
        let guarded = fields.contains(&IF_MATCH) || fields.contains(&IF_UNMODIFIED_SINCE);
        if guarded {
            return Some(Because::new("I24", "the viewer's precondition is forwarded: not collapsed"));
        }
        if looked.object.is_some() {
            return None;
        }
        if matches!(self.asked.wanted, Wanted::Parts(_)) {
            return Some(Because::new("I07", "several ranges are forwarded: not collapsed"));
        }
        if looked.place == Place::Part && fields.contains(&IF_RANGE) {
            return Some(Because::new("I10", "If-Range is forwarded: not collapsed"));
        }
        // A 304 is for this viewer only. Whoever waits for an object that is on its way is better off, though.
        let conditional = fields.contains(&IF_NONE_MATCH) || fields.contains(&IF_MODIFIED_SINCE);
        let forwarded = conditional && !self.asked.behavior().forwards_cookies();
        (forwarded && !self.cache.is_filling(self.fill_key(looked.place)))
            .then(|| Because::new("I21", "the viewer's condition is forwarded: not collapsed"))
    }

    /// What the origin is asked for with `permit`.
    fn right(&self, permit: Permit, looked: &Looked) -> Right {
        let several = matches!(self.asked.wanted, Wanted::Parts(_)) && looked.object.is_none();
        let along = Along {
            range: several || looked.place == Place::Part,
            // A page is the same for all viewers (A34).
            conditions: looked.object.is_none() && matches!(self.asked.purpose, Purpose::Viewer),
        };
        // As old as the permit: an invalidation from now on covers both (K17).
        let whole = (looked.place == Place::Part).then(|| self.cache.lead_alone(&self.fill_key));
        Right { permit, whole, along }
    }

    fn ask(&self, permit: Permit, looked: Looked, because: Because, timeline: &mut Timeline) -> Found {
        let permit = self.right(permit, &looked);
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

/// HEAD may use what GET has learned, and what HEAD has learned (D03, B66); says whether the object is HEAD's.
fn with_head_only(get: Held, head: Held, now: Moment) -> (Held, bool) {
    let alive = |error: &Arc<StoredError>| now < error.times.until;
    let fresh = |object: &Arc<StoredObject>| now < object.times.fresh_until;
    // What GET learned later has ended it (B72).
    let learned_at = get.object.as_ref().map(|object| object.times.received_at);
    let current = |error: &Arc<StoredError>| learned_at.is_none_or(|at| at < error.times.received_at);
    let error = get.error.filter(alive).or(head.error.filter(current));
    let (object, is_head_only) = match (get.object, head.object) {
        (Some(get), _) if fresh(&get) => (Some(get), false),
        (_, Some(head)) if fresh(&head) => (Some(head), true),
        (None, Some(head)) => (Some(head), true),
        (get, _) => (get, false),
    };
    (Held { object, error }, is_head_only)
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
