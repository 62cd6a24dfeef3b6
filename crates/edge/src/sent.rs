//! The header fields of a reply: those of the answer, and the edge's own.
//!
//! A hit shares the fields of what is stored, also in the form in which they go out: nothing of them is copied into a
//! list of its own. What differs from reply to reply is kept apart in [`OwnFields`].

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use bytes::{BufMut, Bytes};
use cache::{StoredError, StoredObject};
use http::Version;
use http::header::{
    AGE, ALT_SVC, CONNECTION, CONTENT_LENGTH, DATE, HeaderName, HeaderValue, SERVER, TRANSFER_ENCODING, VIA,
};
use rules::{Fields, Moment};

use crate::ids::RequestId;
use crate::request::http_date;

pub static X_CACHE: HeaderName = HeaderName::from_static("x-cache");
static X_AMZ_CF_POP: HeaderName = HeaderName::from_static("x-amz-cf-pop");
static X_AMZ_CF_ID: HeaderName = HeaderName::from_static("x-amz-cf-id");

/// The value of `Server` where the answer has none.
const OUR_SERVER: HeaderValue = HeaderValue::from_static("CloudFront");

/// The header fields of an answer: a list of its own, or that of what is stored.
#[derive(Debug, Default)]
pub struct AnswerFields {
    own: Fields,
    shared: Option<Shared>,
}

/// What is stored, and sent to many.
#[derive(Debug)]
enum Shared {
    Object(Arc<StoredObject>),
    Error(Arc<StoredError>),
}

// === impl AnswerFields ===

impl AnswerFields {
    /// Those of a stored object.
    pub fn of_object(object: &Arc<StoredObject>) -> Self {
        Self { own: Fields::default(), shared: Some(Shared::Object(Arc::clone(object))) }
    }

    /// Those of a remembered error.
    pub fn of_error(error: &Arc<StoredError>) -> Self {
        Self { own: Fields::default(), shared: Some(Shared::Error(Arc::clone(error))) }
    }

    /// Whether they belong to what is stored.
    pub fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// A list that may be changed. What the edge sets itself on every reply is not in it.
    pub fn to_mut(&mut self) -> &mut Fields {
        if let Some(shared) = self.shared.take() {
            let fields = shared.fields();
            self.own = Fields::with_capacity(fields.len() + OwnFields::MAX_LINES);
            for (name, value) in fields.iter().filter(|(name, _)| !is_own(name)) {
                self.own.append(name.clone(), value.clone());
            }
        }
        &mut self.own
    }

    /// The lines as they are sent, when they are shared.
    pub fn lines(&self) -> Option<&Bytes> {
        let shared = self.shared.as_ref()?;
        Some(shared.sent().get_or_init(|| lines(shared.fields())))
    }
}

impl Shared {
    fn fields(&self) -> &Fields {
        match self {
            Self::Object(object) => &object.fields,
            Self::Error(error) => &error.fields,
        }
    }

    fn sent(&self) -> &OnceLock<Bytes> {
        match self {
            Self::Object(object) => &object.sent,
            Self::Error(error) => &error.sent,
        }
    }
}

impl Deref for AnswerFields {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        self.shared.as_ref().map_or(&self.own, Shared::fields)
    }
}

impl From<Fields> for AnswerFields {
    fn from(fields: Fields) -> Self {
        Self { own: fields, shared: None }
    }
}

/// Field lines as they go out, without those that the edge sets itself.
fn lines(fields: &Fields) -> Bytes {
    let mut lines = Vec::with_capacity(fields.wire_len() + 32);
    for (name, value) in fields.iter().filter(|(name, _)| !is_own(name)) {
        push_line(&mut lines, name.as_str().as_bytes(), value.as_bytes());
    }
    if !fields.contains(&SERVER) {
        push_line(&mut lines, SERVER.as_str().as_bytes(), OUR_SERVER.as_bytes());
    }
    lines.into()
}

/// Whether the edge sets this field itself where it belongs into a reply.
pub fn is_own(name: &HeaderName) -> bool {
    [AGE, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, VIA].contains(name)
        || [&X_AMZ_CF_ID, &X_AMZ_CF_POP, &X_CACHE].contains(&name)
}

/// Writes one field line.
pub fn push_line(out: &mut impl BufMut, name: &[u8], value: &[u8]) {
    out.put_slice(name);
    out.put_slice(b": ");
    out.put_slice(value);
    out.put_slice(b"\r\n");
}

/// The fields that the edge sets itself (H.4, Q01).
#[derive(Debug)]
pub struct OwnFields {
    /// `Age` in seconds (H32); `None` also when a policy has taken care of it.
    pub age_s: Option<u64>,
    /// `X-Cache` (H30); `None` when a policy has taken care of it.
    pub x_cache: Option<&'static str>,
    /// Whether `Server` is missing.
    pub server: bool,
    /// `Date`, if it is missing.
    pub date: Option<Moment>,
    /// `Via` (H03).
    pub via: HeaderValue,
    /// `X-Amz-Cf-Pop` (H31).
    pub pop: HeaderValue,
    /// `X-Amz-Cf-Id` (H31).
    pub id: RequestId,
    /// `Alt-Svc` (H34)
    pub alt_svc: Option<HeaderValue>,
    /// `Content-Length`
    pub length: Option<u64>,
    /// `Connection` (A52, H40)
    pub connection: Option<&'static str>,
}

// === impl OwnFields ===

impl OwnFields {
    /// Most lines that there can be.
    pub const MAX_LINES: usize = 11;

    /// Shows each line: its name, then its value.
    pub fn visit(&self, mut show: impl FnMut(&HeaderName, &[u8])) {
        let mut digits = itoa::Buffer::new();
        if let Some(age_s) = self.age_s {
            show(&AGE, digits.format(age_s).as_bytes());
        }
        if let Some(x_cache) = self.x_cache {
            show(&X_CACHE, x_cache.as_bytes());
        }
        if self.server {
            show(&SERVER, OUR_SERVER.as_bytes());
        }
        if let Some(date) = self.date {
            show(&DATE, http_date(date).as_bytes());
        }
        show(&VIA, self.via.as_bytes());
        show(&X_AMZ_CF_POP, self.pop.as_bytes());
        show(&X_AMZ_CF_ID, self.id.as_bytes());
        if let Some(alt_svc) = &self.alt_svc {
            show(&ALT_SVC, alt_svc.as_bytes());
        }
        if let Some(length) = self.length {
            show(&CONTENT_LENGTH, digits.format(length).as_bytes());
        }
        if let Some(connection) = self.connection {
            show(&CONNECTION, connection.as_bytes());
        }
    }
}

/// The fields of a reply in one list.
pub fn joined(mut fields: AnswerFields, own: &OwnFields) -> Fields {
    let server_is_missing = !own.server && !fields.contains(&SERVER);
    let list = fields.to_mut();
    if server_is_missing {
        list.append(SERVER, OUR_SERVER);
    }
    own.visit(|name, value| {
        // All of them are visible ASCII.
        if let Ok(value) = HeaderValue::from_bytes(value) {
            list.append(name.clone(), value);
        }
    });
    std::mem::take(list)
}

/// The value of `Via` for a viewer who came by this version (H03).
pub fn via(values: &[HeaderValue; 4], version: Version) -> HeaderValue {
    let [via_10, via_11, via_20, via_30] = values;
    let via = match version {
        Version::HTTP_3 => via_30,
        Version::HTTP_2 => via_20,
        Version::HTTP_10 => via_10,
        _ => via_11,
    };
    via.clone()
}
