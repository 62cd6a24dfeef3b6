//! A limit on what a viewer can make the HTTP/3 library hold: it collects every frame but DATA whole before it looks at
//! it, however long that frame says it is.
//!
//! The guard stands between the library and QUIC and counts what is read of each stream. A request's count begins anew
//! with each piece of its body; what comes before its head is complete, or behind its body, is bounded.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h3::error::Code;
use h3::quic::{
    BidiStream, Connection, ConnectionErrorIncoming, OpenStreams, RecvStream, SendStream,
    StreamErrorIncoming, StreamId, WriteBuf,
};

/// Most that is read of a stream without a piece of a body coming of it: a head of the largest size, and some.
const BUDGET_BYTES: usize = 320 * 1024;

/// What a stream ends with that brings more.
const TOO_MUCH: Code = Code::H3_EXCESSIVE_LOAD;

/// What a stream may still bring.
#[derive(Debug, Clone, Default)]
pub struct Budget(Arc<AtomicUsize>);

impl Budget {
    /// The count begins anew.
    pub fn renew(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    fn spend(&self, bytes: usize) -> bool {
        self.0.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= BUDGET_BYTES
    }
}

/// The budgets of a connection's requests, until their bodies take them.
#[derive(Debug, Clone, Default)]
pub struct Budgets(Arc<Mutex<HashMap<StreamId, Budget>>>);

impl Budgets {
    /// The budget of a stream, which nobody gets again.
    pub fn take(&self, id: StreamId) -> Option<Budget> {
        self.lock().remove(&id)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<StreamId, Budget>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection whose streams are counted.
pub struct Guarded {
    quic: quinn::Connection,
    inner: h3_quinn::Connection,
    budgets: Budgets,
}

impl Guarded {
    /// Guards `quic`.
    pub fn new(quic: quinn::Connection) -> Self {
        Self { inner: h3_quinn::Connection::new(quic.clone()), quic, budgets: Budgets::default() }
    }

    /// Another handle on the same connection, for the library.
    pub fn again(&self) -> Self {
        Self { budgets: self.budgets.clone(), ..Self::new(self.quic.clone()) }
    }

    /// The budgets of its requests.
    pub fn budgets(&self) -> Budgets {
        self.budgets.clone()
    }
}

/// A stream on which something is sent; nothing is counted there.
pub type Sending = h3_quinn::SendStream<Bytes>;

/// A stream in both directions.
pub struct TwoWay {
    sending: Sending,
    receiving: Receiving,
}

/// A stream on which something is received.
pub struct Receiving {
    inner: h3_quinn::RecvStream,
    budget: Budget,
    /// Where a request's budget is listed.
    listed: Option<Budgets>,
}

/// Opens streams; a server opens none in both directions.
#[derive(Clone)]
pub struct Opener(h3_quinn::OpenStreams);

// === impl Guarded ===

impl Connection<Bytes> for Guarded {
    type RecvStream = Receiving;
    type OpenStreams = Opener;

    fn poll_accept_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<Receiving, ConnectionErrorIncoming>> {
        let stream = ready!(Connection::<Bytes>::poll_accept_recv(&mut self.inner, cx))?;
        Poll::Ready(Ok(Receiving { inner: stream, budget: Budget::default(), listed: None }))
    }

    fn poll_accept_bidi(&mut self, cx: &mut Context<'_>) -> Poll<Result<TwoWay, ConnectionErrorIncoming>> {
        let stream = ready!(Connection::<Bytes>::poll_accept_bidi(&mut self.inner, cx))?;
        let two_way = TwoWay::new(stream, Some(self.budgets.clone()));
        let (id, budget) = (two_way.receiving.recv_id(), two_way.receiving.budget.clone());
        self.budgets.lock().insert(id, budget);
        Poll::Ready(Ok(two_way))
    }

    fn opener(&self) -> Opener {
        Opener(Connection::<Bytes>::opener(&self.inner))
    }
}

impl OpenStreams<Bytes> for Guarded {
    type BidiStream = TwoWay;
    type SendStream = Sending;

    fn poll_open_bidi(&mut self, cx: &mut Context<'_>) -> Poll<Result<TwoWay, StreamErrorIncoming>> {
        OpenStreams::<Bytes>::poll_open_bidi(&mut self.inner, cx).map_ok(|stream| TwoWay::new(stream, None))
    }

    fn poll_open_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<Sending, StreamErrorIncoming>> {
        self.inner.poll_open_send(cx)
    }

    fn close(&mut self, code: Code, reason: &[u8]) {
        OpenStreams::<Bytes>::close(&mut self.inner, code, reason);
    }
}

impl OpenStreams<Bytes> for Opener {
    type BidiStream = TwoWay;
    type SendStream = Sending;

    fn poll_open_bidi(&mut self, cx: &mut Context<'_>) -> Poll<Result<TwoWay, StreamErrorIncoming>> {
        OpenStreams::<Bytes>::poll_open_bidi(&mut self.0, cx).map_ok(|stream| TwoWay::new(stream, None))
    }

    fn poll_open_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<Sending, StreamErrorIncoming>> {
        self.0.poll_open_send(cx)
    }

    fn close(&mut self, code: Code, reason: &[u8]) {
        OpenStreams::<Bytes>::close(&mut self.0, code, reason);
    }
}

// === impl TwoWay ===

impl TwoWay {
    fn new(stream: h3_quinn::BidiStream<Bytes>, listed: Option<Budgets>) -> Self {
        let (sending, inner) = stream.split();
        Self { sending, receiving: Receiving { inner, budget: Budget::default(), listed } }
    }
}

impl BidiStream<Bytes> for TwoWay {
    type SendStream = Sending;
    type RecvStream = Receiving;

    fn split(self) -> (Sending, Receiving) {
        (self.sending, self.receiving)
    }
}

impl SendStream<Bytes> for TwoWay {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        self.sending.poll_ready(cx)
    }

    fn send_data<T: Into<WriteBuf<Bytes>>>(&mut self, data: T) -> Result<(), StreamErrorIncoming> {
        self.sending.send_data(data)
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        self.sending.poll_finish(cx)
    }

    fn reset(&mut self, code: u64) {
        self.sending.reset(code);
    }

    fn send_id(&self) -> StreamId {
        self.sending.send_id()
    }
}

impl RecvStream for TwoWay {
    type Buf = Bytes;

    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, StreamErrorIncoming>> {
        let data = ready!(self.receiving.poll_data(cx));
        if matches!(&data, Err(StreamErrorIncoming::StreamTerminated { error_code }) if *error_code == TOO_MUCH.value())
        {
            self.sending.reset(TOO_MUCH.value());
        }
        Poll::Ready(data)
    }

    fn stop_sending(&mut self, code: u64) {
        self.receiving.stop_sending(code);
    }

    fn recv_id(&self) -> StreamId {
        self.receiving.recv_id()
    }
}

// === impl Receiving ===

impl RecvStream for Receiving {
    type Buf = Bytes;

    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, StreamErrorIncoming>> {
        let data = ready!(self.inner.poll_data(cx))?;
        if data.as_ref().is_some_and(|data| !self.budget.spend(data.len())) {
            let code = TOO_MUCH.value();
            self.stop_sending(code);
            return Poll::Ready(Err(StreamErrorIncoming::StreamTerminated { error_code: code }));
        }
        Poll::Ready(Ok(data))
    }

    fn stop_sending(&mut self, code: u64) {
        self.inner.stop_sending(code);
    }

    fn recv_id(&self) -> StreamId {
        self.inner.recv_id()
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        if let Some(budgets) = &self.listed {
            budgets.take(self.recv_id());
        }
    }
}
