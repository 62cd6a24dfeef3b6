//! Moves a body from the origin to where it is wanted, compressed on the way if that was decided.

use bytes::Bytes;
use cache::Fill;
use futures_util::StreamExt;
use tokio::sync::mpsc;

use crate::compress::Compressor;
use crate::exchange::BrokenOff;

/// What a fill is for.
#[derive(Clone, Copy)]
pub enum Wanted {
    /// An object; dropped when its only viewer leaves early (H44), unless nobody asked in the first place.
    Object { for_viewers: bool },
    /// An error; kept whether or not the viewer stays (B69).
    Error,
}

/// Share of a body of known length after which the rest is fetched even if the viewer has left (H44).
const WORTH_FINISHING_PERCENT: u64 = 90;
/// Bytes that are gathered before they are compressed: going to another thread costs more than a small piece.
const GATHERED_BYTES: usize = 64 * 1024;
/// Pieces that lie ready for the viewer of a body that is compressed for it alone.
const PIECES_AHEAD: usize = 4;

/// A body on its way from the origin.
pub struct Incoming {
    body: origin::ResponseBody,
    compressor: Option<Compressor>,
    declared: Option<u64>,
    received: u64,
}

// === impl Incoming ===

impl Incoming {
    /// The body as it comes, or through `compressor`; `declared` is its length as it comes, if that is known.
    pub fn new(body: origin::ResponseBody, compressor: Option<Compressor>, declared: Option<u64>) -> Self {
        Self { body, compressor, declared, received: 0 }
    }

    /// The next piece; not to be asked again after the end or an error, nor after being dropped in the middle.
    async fn next(&mut self) -> Option<Result<Bytes, BrokenOff>> {
        match self.compressor.is_some() {
            true => self.next_compressed().await.transpose(),
            false => Some(self.arriving().await?.map_err(|_| BrokenOff)),
        }
    }

    async fn arriving(&mut self) -> Option<Result<Bytes, BrokenOff>> {
        let piece = self.body.next().await?.map_err(|_| BrokenOff);
        if let Ok(piece) = &piece {
            self.received += piece.len() as u64;
        }
        Some(piece)
    }

    async fn next_compressed(&mut self) -> Result<Option<Bytes>, BrokenOff> {
        loop {
            let (mut pieces, mut gathered, mut is_over) = (Vec::new(), 0, false);
            while gathered < GATHERED_BYTES && !is_over {
                match self.arriving().await.transpose()? {
                    Some(piece) => {
                        gathered += piece.len();
                        pieces.push(piece);
                    }
                    None => is_over = true,
                }
            }
            let Some(compressor) = self.compressor.as_mut().filter(|_| !is_over) else {
                return self.last_compressed(pieces).await;
            };
            let ready = compressor.push(pieces).await.map_err(|_| BrokenOff)?;
            if !ready.is_empty() {
                return Ok(Some(ready));
            }
        }
    }

    /// What has another length than declared was not what it seemed to be (C60).
    async fn last_compressed(&mut self, pieces: Vec<Bytes>) -> Result<Option<Bytes>, BrokenOff> {
        let Some(compressor) = self.compressor.take() else { return Ok(None) };
        if self.declared.is_some_and(|declared| declared != self.received) {
            return Err(BrokenOff);
        }
        compressor.finish(pieces).await.map(Some).map_err(|_| BrokenOff)
    }

    fn is_worth_finishing(&self) -> bool {
        self.declared.is_some_and(|length| {
            self.received.saturating_mul(100) >= length.saturating_mul(WORTH_FINISHING_PERCENT)
        })
    }
}

/// Moves the body from the origin into the cache, as fast as the followers of an unkept fill allow.
pub async fn run(mut fill: Fill, mut body: Incoming, wanted: Wanted) {
    loop {
        let may_stop = matches!(wanted, Wanted::Object { for_viewers: true }) && !body.is_worth_finishing();
        let next = tokio::select! {
            next = body.next() => next,
            // Whoever attaches at this very moment finds the body torn and looks again.
            () = fill.unfollowed(), if may_stop => return fill.tear(),
        };
        match next {
            None => break,
            Some(Err(_)) => return fill.tear(),
            Some(Ok(chunk)) => {
                if fill.push(chunk).await.is_err() {
                    return;
                }
            }
        }
    }
    // A body of another length than declared is torn by this (C60).
    fill.complete();
}

/// Where a body goes that is compressed for one viewer: what the task writes, and what the viewer reads.
pub fn pipe() -> (mpsc::Sender<Result<Bytes, BrokenOff>>, mpsc::Receiver<Result<Bytes, BrokenOff>>) {
    mpsc::channel(PIECES_AHEAD)
}

/// Moves the body from the origin to one viewer, until that one leaves.
pub async fn run_for_one(viewer: mpsc::Sender<Result<Bytes, BrokenOff>>, mut body: Incoming) {
    while let Some(piece) = body.next().await {
        let is_over = piece.is_err();
        if viewer.send(piece).await.is_err() || is_over {
            return;
        }
    }
}
