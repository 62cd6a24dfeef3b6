//! Compresses bodies while they come from their origins (I.3), without holding up a worker.
//!
//! The work is done on the runtime's threads for blocking work, a few of them at a time; a body gets a
//! [`Compressor`] only while there is a place for one more, else it is left as it is (I38). Whether a response may be
//! compressed is decided in `rules::compression`.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::sync::Arc;

use brotli::CompressorWriter;
use bytes::Bytes;
use flate2::write::GzEncoder;
use rules::compression::Coding;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Brotli's quality, of 0 to 11: better than gzip's usual result in about the same time.
const BROTLI_QUALITY: u32 = 5;
/// Logarithms of the smallest and largest window that is used: memory grows with it.
const BROTLI_WINDOW: std::ops::RangeInclusive<u32> = 16..=20;
/// gzip's usual level.
const GZIP_LEVEL: u32 = 6;
/// Size of the piece in which Brotli hands over what it has, in bytes.
const BROTLI_PIECE_BYTES: usize = 16 * 1024;

/// Where compressors come from, shared by all workers.
#[derive(Debug)]
pub struct Compressors {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

/// Compresses one body.
pub struct Compressor {
    /// `None` while it is on another thread, and after an error.
    encoder: Option<Encoder>,
    turns: Arc<Semaphore>,
    _place: OwnedSemaphorePermit,
}

enum Encoder {
    Brotli(Box<CompressorWriter<Vec<u8>>>),
    Gzip(Box<GzEncoder<Vec<u8>>>),
}

/// What is done with an encoder away from the worker.
#[derive(Clone, Copy)]
enum Then {
    GoOn,
    HandOver,
    Finish,
}

// === impl Compressors ===

impl Compressors {
    /// At most `places` bodies are being compressed, on half of the processors at a time.
    pub fn new(places: usize) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            places: Arc::new(Semaphore::new(places)),
            turns: Arc::new(Semaphore::new(processors.div_ceil(2))),
        }
    }

    /// A compressor for a body of `length` bytes; `None` when there are as many as there may be.
    pub fn begin(&self, coding: Coding, length: u64) -> Option<Compressor> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let encoder = Some(Encoder::new(coding, length));
        Some(Compressor { encoder, turns: Arc::clone(&self.turns), _place: place })
    }
}

// === impl Compressor ===

impl Compressor {
    /// Takes pieces of the body; answers with what is ready, which may be nothing.
    ///
    /// # Errors
    /// When it has failed or was dropped in the middle before. Dropping the future spoils the body.
    pub async fn push(&mut self, pieces: Vec<Bytes>) -> io::Result<Bytes> {
        self.work(pieces, Then::GoOn).await
    }

    /// Takes pieces of the body; answers with everything so far, at the cost of a few bytes more.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub async fn hand_over(&mut self, pieces: Vec<Bytes>) -> io::Result<Bytes> {
        self.work(pieces, Then::HandOver).await
    }

    /// Takes the last pieces; answers with all that is left.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub async fn finish(mut self, pieces: Vec<Bytes>) -> io::Result<Bytes> {
        self.work(pieces, Then::Finish).await
    }

    async fn work(&mut self, pieces: Vec<Bytes>, then: Then) -> io::Result<Bytes> {
        let gone = || io::Error::other("the compressor is gone");
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(io::Error::other)?;
        let encoder = self.encoder.take().ok_or_else(gone)?;
        let worked = tokio::task::spawn_blocking(move || {
            let worked = encoder.work(&pieces, then);
            drop(turn);
            worked
        });
        let (encoder, ready) = worked.await.map_err(io::Error::other)??;
        self.encoder = encoder;
        Ok(ready.into())
    }
}

// === impl Encoder ===

impl Encoder {
    fn new(coding: Coding, length: u64) -> Self {
        match coding {
            Coding::Brotli => {
                let needed = length.next_power_of_two().trailing_zeros();
                let window = needed.clamp(*BROTLI_WINDOW.start(), *BROTLI_WINDOW.end());
                let writer = CompressorWriter::new(Vec::new(), BROTLI_PIECE_BYTES, BROTLI_QUALITY, window);
                Self::Brotli(Box::new(writer))
            }
            Coding::Gzip => {
                let level = flate2::Compression::new(GZIP_LEVEL);
                Self::Gzip(Box::new(GzEncoder::new(Vec::new(), level)))
            }
        }
    }

    fn work(mut self, pieces: &[Bytes], then: Then) -> io::Result<(Option<Self>, Vec<u8>)> {
        for piece in pieces {
            match &mut self {
                Self::Brotli(writer) => writer.write_all(piece)?,
                Self::Gzip(writer) => writer.write_all(piece)?,
            }
        }
        if matches!(then, Then::HandOver) {
            match &mut self {
                Self::Brotli(writer) => writer.flush()?,
                Self::Gzip(writer) => writer.flush()?,
            }
        }
        Ok(match (self, then) {
            (Self::Brotli(mut writer), Then::GoOn | Then::HandOver) => {
                let ready = std::mem::take(writer.get_mut());
                (Some(Self::Brotli(writer)), ready)
            }
            (Self::Gzip(mut writer), Then::GoOn | Then::HandOver) => {
                let ready = std::mem::take(writer.get_mut());
                (Some(Self::Gzip(writer)), ready)
            }
            (Self::Brotli(writer), Then::Finish) => (None, writer.into_inner()),
            (Self::Gzip(writer), Then::Finish) => (None, writer.finish()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn body(length: usize) -> Bytes {
        let word = |at: usize| (at.wrapping_mul(2_654_435_761) >> 13).to_le_bytes();
        (0..length).map(|at| if at % 7 < 4 { b'a' } else { word(at / 3)[0] }).collect::<Vec<u8>>().into()
    }

    fn unpacked(coding: Coding, packed: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        match coding {
            Coding::Brotli => brotli::Decompressor::new(packed, 4096).read_to_end(&mut out).unwrap(),
            Coding::Gzip => flate2::read::GzDecoder::new(packed).read_to_end(&mut out).unwrap(),
        };
        out
    }

    // proves: I30
    #[tokio::test]
    async fn what_comes_out_unpacks_to_what_went_in_whatever_the_pieces() {
        let compressors = Compressors::new(1);
        for coding in [Coding::Brotli, Coding::Gzip] {
            for (length, piece) in [(1_000, 1_000), (1_001, 7), (70_000, 4_096), (3_000_000, 65_536)] {
                let body = body(length);
                let mut compressor = compressors.begin(coding, length as u64).unwrap();
                let mut packed = Vec::new();
                for piece in body.chunks(piece) {
                    packed.extend(compressor.push(vec![Bytes::copy_from_slice(piece)]).await.unwrap());
                }
                packed.extend(compressor.finish(Vec::new()).await.unwrap());
                assert!(packed.len() < length, "{coding:?} {length}");
                assert!(unpacked(coding, &packed) == body, "{coding:?} {length} in pieces of {piece}");
            }
        }
    }

    #[tokio::test]
    async fn what_is_handed_over_early_is_all_there_is_so_far() {
        let compressors = Compressors::new(1);
        for coding in [Coding::Brotli, Coding::Gzip] {
            let mut compressor = compressors.begin(coding, 2_000).unwrap();
            let mut packed = compressor.hand_over(vec![body(1_500)]).await.unwrap().to_vec();
            let mut so_far = vec![0; 1_500];
            match coding {
                Coding::Brotli => brotli::Decompressor::new(packed.as_slice(), 4096).read_exact(&mut so_far),
                Coding::Gzip => flate2::read::GzDecoder::new(packed.as_slice()).read_exact(&mut so_far),
            }
            .unwrap();
            assert!(so_far == body(1_500), "{coding:?}");
            packed.extend(compressor.finish(vec![body(500)]).await.unwrap());
            assert!(unpacked(coding, &packed) == [body(1_500), body(500)].concat(), "{coding:?}");
        }
    }

    // proves: I38
    #[tokio::test]
    async fn there_are_no_more_compressors_than_places() {
        let compressors = Compressors::new(1);
        let first = compressors.begin(Coding::Gzip, 1_000);
        assert!(first.is_some() && compressors.begin(Coding::Brotli, 1_000).is_none());
        drop(first);
        assert!(compressors.begin(Coding::Brotli, 1_000).is_some());
    }

    #[tokio::test]
    async fn a_compressor_that_was_left_in_the_middle_does_not_go_on() {
        let mut compressor = Compressors::new(1).begin(Coding::Gzip, 1_000).unwrap();
        // Polled once, so that the encoder is on its way to another thread.
        assert!(futures_util::FutureExt::now_or_never(compressor.push(vec![body(500)])).is_none());
        assert!(compressor.push(vec![body(500)]).await.is_err());
    }
}
