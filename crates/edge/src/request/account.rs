//! Account: the request's last line.

use http::header::{HeaderName, HeaderValue, SERVER};
use observe::{Step, Timeline};
use rules::Because;

use super::deliver::Viewed;
use super::note;
use crate::exchange::Reply;
use crate::ids::RequestId;

static TIMELINE: HeaderName = HeaderName::from_static("x-warmfront-timeline");

/// Closes the timeline and writes it to the debug log.
pub fn run(viewed: &Viewed, reply: &Reply, request_id: &RequestId, timeline: &mut Timeline) {
    note::push(timeline, Step::Account, "done", note::NOTHING, Because::new("", ""));
    tracing::debug!(
        request_id = &**request_id,
        method = viewed.head.method.as_str(),
        host = &*viewed.head.host,
        path = &*viewed.head.path,
        status = reply.status.as_u16(),
        "{timeline}"
    );
}

/// Writes the timeline into the reply to a viewer who asked for it.
pub fn explain(mut reply: Reply, timeline: &Timeline) -> Reply {
    if let Ok(value) = HeaderValue::from_str(&timeline.to_string()) {
        // A copy of shared fields lacks what their lines have.
        reply.own.server = !reply.fields.contains(&SERVER);
        reply.fields.to_mut().append(TIMELINE.clone(), value);
    }
    reply
}
