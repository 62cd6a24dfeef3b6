//! Moves a body from the origin to where it is wanted, compressed on the way if that was decided.

use std::time::Duration;

use bytes::Bytes;
use cache::Fill;
use futures_util::{Stream, StreamExt};
use tokio::sync::mpsc;
use tokio::time::timeout;

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
/// How long an origin may pause before what has come so far is sent on (H41).
const PATIENCE: Duration = Duration::from_millis(100);
/// Pieces that lie ready for the viewer of a body that is compressed for it alone.
const PIECES_AHEAD: usize = 4;

/// A piece of a body, or its end before its time.
type Piece = Result<Bytes, BrokenOff>;

/// A body on its way from the origin.
pub struct Incoming<Body = origin::ResponseBody> {
    body: Body,
    compressor: Option<Compressor>,
    declared: Option<u64>,
    received: u64,
    /// Whether the compressor may hold something back.
    owes: bool,
}

/// What is taken to be compressed at once.
struct Gathered {
    pieces: Vec<Bytes>,
    then: Then,
}

/// What comes after.
enum Then {
    More,
    Pause,
    End,
}

// === impl Incoming ===

impl<Body, Broken> Incoming<Body>
where
    Body: Stream<Item = Result<Bytes, Broken>> + Unpin,
{
    /// The body as it comes, or through `compressor`; `declared` is its length as it comes, if that is known.
    pub fn new(body: Body, compressor: Option<Compressor>, declared: Option<u64>) -> Self {
        Self { body, compressor, declared, received: 0, owes: false }
    }

    /// The next piece; not to be asked again after the end or an error, nor after being dropped in the middle.
    async fn next(&mut self) -> Option<Piece> {
        match self.compressor.is_some() {
            true => self.next_compressed().await.transpose(),
            false => Some(self.arriving().await?.map_err(|_| BrokenOff)),
        }
    }

    async fn arriving(&mut self) -> Option<Piece> {
        let piece = self.body.next().await?.map_err(|_| BrokenOff);
        if let Ok(piece) = &piece {
            self.received += piece.len() as u64;
        }
        Some(piece)
    }

    async fn next_compressed(&mut self) -> Result<Option<Bytes>, BrokenOff> {
        loop {
            let Gathered { pieces, then } = self.gather().await?;
            let Some(compressor) = self.compressor.as_mut() else { return Ok(None) };
            let ready = match then {
                Then::End => return self.last_compressed(pieces).await,
                Then::More => compressor.push(pieces).await,
                Then::Pause => compressor.hand_over(pieces).await,
            };
            self.owes = matches!(then, Then::More);
            let ready = ready.map_err(|_| BrokenOff)?;
            if !ready.is_empty() {
                return Ok(Some(ready));
            }
        }
    }

    async fn gather(&mut self) -> Result<Gathered, BrokenOff> {
        let (mut pieces, mut gathered) = (Vec::new(), 0);
        while gathered < GATHERED_BYTES {
            let arrived = match self.owes || gathered > 0 {
                true => timeout(PATIENCE, self.arriving()).await,
                false => Ok(self.arriving().await),
            };
            match arrived.map(Option::transpose) {
                Ok(Ok(Some(piece))) => {
                    gathered += piece.len();
                    pieces.push(piece);
                }
                Ok(Ok(None)) => return Ok(Gathered { pieces, then: Then::End }),
                Ok(Err(broken)) => return Err(broken),
                Err(_) => return Ok(Gathered { pieces, then: Then::Pause }),
            }
        }
        Ok(Gathered { pieces, then: Then::More })
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
pub fn pipe() -> (mpsc::Sender<Piece>, mpsc::Receiver<Piece>) {
    mpsc::channel(PIECES_AHEAD)
}

/// Moves the body from the origin to one viewer, until that one leaves.
pub async fn run_for_one(viewer: mpsc::Sender<Piece>, mut body: Incoming) {
    while let Some(piece) = body.next().await {
        let is_over = piece.is_err();
        if viewer.send(piece).await.is_err() || is_over {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use futures_util::stream;
    use rules::compression::Coding;

    use super::*;
    use crate::compress::Compressors;

    // proves: H41
    #[tokio::test]
    async fn what_has_come_is_sent_on_while_the_origin_pauses() {
        let first: Result<_, BrokenOff> = Ok(Bytes::from(vec![b'a'; 1_500]));
        let body = stream::iter([first]).chain(stream::pending());
        let compressor = Compressors::new(1).begin(Coding::Gzip, 2_000);
        let mut incoming = Incoming::new(body, compressor, Some(2_000));
        let mut packed = Vec::new();
        let mut unpacked = vec![0; 1_500];
        while flate2::read::GzDecoder::new(packed.as_slice()).read_exact(&mut unpacked).is_err() {
            packed.extend(incoming.next().await.unwrap().unwrap());
        }
        assert!(unpacked.iter().all(|byte| *byte == b'a'));
    }

    // proves: C60
    #[tokio::test]
    async fn a_body_of_another_length_than_declared_is_broken() {
        for declared in [1_499, 1_501] {
            let body = stream::iter([Ok::<_, BrokenOff>(Bytes::from(vec![b'a'; 1_500]))]);
            let compressor = Compressors::new(1).begin(Coding::Gzip, declared);
            let mut incoming = Incoming::new(body, compressor, Some(declared));
            let mut pieces = Vec::new();
            while let Some(piece) = incoming.next().await {
                pieces.push(piece.is_err());
                if piece.is_err() {
                    break;
                }
            }
            assert_eq!(pieces.last(), Some(&true), "{declared}");
        }
    }
}
