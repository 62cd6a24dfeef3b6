//! One try on one connection: send the request, wait for the response head (J30, J35, J36, C47).

use std::error::Error as _;
use std::fmt::Write as _;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use rules::failure::OriginFailure;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::link::Link;
use crate::outgoing::{Outgoing, Upload};
use crate::retry::{Broken, Stage};

/// The most informational responses before the real one. Only one of them may be `100 Continue` (C47).
const MAX_INFORMATIONAL: u32 = 32;

/// Sends `request` and waits for the head of its response.
///
/// `was_idle` says that the connection came from the pool. Dropping the future leaves the connection in the middle
/// of an exchange: it must be dropped too.
pub(crate) async fn exchange(
    link: &mut Link,
    mut request: Request<Outgoing>,
    upload: Option<&Upload>,
    response_timeout: Duration,
    was_idle: bool,
) -> Result<Response<Incoming>, Broken> {
    let informational = Arc::new(Informational::default());
    let counter = Arc::clone(&informational);
    hyper::ext::on_informational(&mut request, move |response| counter.count(response.status()));
    let received_before = link.traffic.received();
    let mut response = pin!(link.sender.send_request(request));
    let mut quiet_since = Instant::now();
    let result = loop {
        tokio::select! {
            biased;
            () = informational.excess.notified() => break Err(too_many_informational()),
            result = &mut response => break result.map_err(|error| of_error(&error)),
            () = tokio::time::sleep_until(quiet_since + response_timeout) => {
                let now = Instant::now();
                let viewers_turn = upload.is_some_and(Upload::waits_for_viewer);
                quiet_since = if viewers_turn { now } else { link.traffic.last().max(quiet_since) };
                if quiet_since + response_timeout <= now {
                    let detail = format!("nothing came for {response_timeout:?}");
                    break Err(exchanging(OriginFailure::ResponseTimeout, detail));
                }
            }
        }
    };
    if informational.is_excessive() {
        return Err(too_many_informational());
    }
    result.map_err(|broken| {
        let silent = link.traffic.received() == received_before;
        match broken.stage {
            Stage::Exchanging if was_idle && silent => Broken { stage: Stage::ExchangingOnIdle, ..broken },
            _ => broken,
        }
    })
}

/// Counts 1xx responses, which the HTTP library swallows.
#[derive(Default)]
struct Informational {
    continues: AtomicU32,
    all: AtomicU32,
    excess: Notify,
}

// === impl Informational ===

impl Informational {
    fn count(&self, status: StatusCode) {
        self.all.fetch_add(1, Ordering::Relaxed);
        if status == StatusCode::CONTINUE {
            self.continues.fetch_add(1, Ordering::Relaxed);
        }
        if self.is_excessive() {
            self.excess.notify_one();
        }
    }

    fn is_excessive(&self) -> bool {
        self.continues.load(Ordering::Relaxed) > 1 || self.all.load(Ordering::Relaxed) > MAX_INFORMATIONAL
    }
}

fn exchanging(failure: OriginFailure, detail: String) -> Broken {
    Broken { failure, detail, stage: Stage::Exchanging }
}

fn too_many_informational() -> Broken {
    exchanging(OriginFailure::InvalidResponse, "more than one 100 Continue, or too many 1xx".to_owned())
}

/// What an error before the response head counts as.
fn of_error(error: &hyper::Error) -> Broken {
    let detail = in_words(error);
    if error.is_user() {
        // The viewer broke off, or sent less than it had announced.
        return Broken { failure: OriginFailure::ClosedEarly, detail, stage: Stage::RequestBody };
    }
    exchanging(classify(error), detail)
}

/// What an error of the connection counts as, before or within a body.
pub(crate) fn classify(error: &hyper::Error) -> OriginFailure {
    if error.is_parse_too_large() {
        return OriginFailure::HeaderTooBig;
    }
    if error.is_parse() {
        return OriginFailure::InvalidResponse;
    }
    let Some(io) = error.source().and_then(|source| source.downcast_ref::<std::io::Error>()) else {
        return OriginFailure::ClosedEarly;
    };
    // TLS 1.3 lets an origin refuse us (for want of a client certificate, F54) only after the handshake.
    let of_tls = io.get_ref().is_some_and(|inner| inner.is::<rustls::Error>());
    match io.kind() {
        _ if of_tls => OriginFailure::Tls,
        // How the HTTP library reports a broken chunk.
        std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData => OriginFailure::InvalidResponse,
        _ => OriginFailure::ClosedEarly,
    }
}

/// The error and what caused it.
pub(crate) fn in_words(error: &hyper::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(words, ": {cause}");
        source = cause.source();
    }
    words
}
