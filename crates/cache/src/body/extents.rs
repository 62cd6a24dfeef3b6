//! A body as an ordered list of extents: (offset, bytes).
//!
//! Reading a range is arithmetic on offsets, so that an extent may one day lie in a file. Small pieces are
//! merged on arrival: a body of one-byte chunks costs neither a list node per byte nor the read buffer that
//! each chunk would otherwise hold on to.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

/// Bodies up to this size end up in one piece, allocated to fit.
pub(crate) const ONE_PIECE_BYTES: u64 = 64 * 1024;
/// A piece below this size is merged with its neighbors.
const SMALL_BYTES: usize = 32 * 1024;
/// What a run of small pieces is merged into, at least.
const BLOCK_BYTES: usize = 64 * 1024;
/// A longer run of small pieces is merged early, so that one-byte chunks do not pile up as list nodes.
const LOOSE_PIECES: usize = 256;
/// What a piece costs besides its bytes: list node, reference count, allocator.
pub(crate) const PIECE_OVERHEAD: u64 = 96;

#[derive(Debug, Clone)]
struct Extent {
    offset: u64,
    bytes: Bytes,
}

impl Extent {
    fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }
}

/// The extents of one body, without gaps from `start` to `end`.
#[derive(Debug, Default)]
pub(crate) struct Extents {
    pieces: VecDeque<Extent>,
    end: u64,
    /// Bytes and number of the small pieces at the tail that are not merged yet.
    loose_bytes: usize,
    loose_pieces: usize,
}

impl Extents {
    /// Everything that was ever pushed: the length of the body so far.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Offset of the first byte that is still there.
    pub(crate) fn start(&self) -> u64 {
        self.pieces.front().map_or(self.end, |piece| piece.offset)
    }

    /// End of the first piece; [`Self::end`] when there is none.
    pub(crate) fn front_end(&self) -> u64 {
        self.pieces.front().map_or(self.end, Extent::end)
    }

    /// Memory that the pieces occupy.
    pub(crate) fn weight(&self) -> u64 {
        self.end - self.start() + self.pieces.len() as u64 * PIECE_OVERHEAD
    }

    /// Adds a piece of a body that is kept.
    pub(crate) fn push(&mut self, bytes: Bytes) {
        if bytes.len() >= SMALL_BYTES {
            self.merge_tail();
            self.push_unmerged(bytes);
            return;
        }
        self.loose_bytes += bytes.len();
        self.loose_pieces += 1;
        self.push_unmerged(bytes);
        if self.loose_bytes >= BLOCK_BYTES {
            self.merge_tail();
        } else if self.loose_pieces >= LOOSE_PIECES {
            let loose_bytes = self.loose_bytes;
            self.merge_tail();
            (self.loose_bytes, self.loose_pieces) = (loose_bytes, 1);
        }
    }

    /// Adds a piece that will be released soon. Nothing is merged after the first of them.
    pub(crate) fn push_unmerged(&mut self, bytes: Bytes) {
        let offset = self.end;
        self.end += bytes.len() as u64;
        self.pieces.push_back(Extent { offset, bytes });
    }

    /// Forgets the pieces that lie before `position` as a whole.
    pub(crate) fn release_before(&mut self, position: u64) {
        while self.pieces.front().is_some_and(|piece| piece.end() <= position) {
            self.pieces.pop_front();
        }
    }

    /// Puts a complete body in its final form.
    pub(crate) fn finish(&mut self) {
        if self.end <= ONE_PIECE_BYTES {
            self.loose_pieces = self.pieces.len();
        }
        self.merge_tail();
        self.pieces.shrink_to_fit();
    }

    /// The bytes at `position`, up to the end of their piece and not past `end`.
    pub(crate) fn slice(&self, position: u64, end: u64) -> Option<Bytes> {
        let after = self.pieces.partition_point(|piece| piece.offset <= position);
        let piece = self.pieces.get(after.checked_sub(1)?)?;
        let until = piece.end().min(end);
        if position >= until {
            return None;
        }
        // Both differences are at most the length of the piece.
        let (from, to) = ((position - piece.offset) as usize, (until - piece.offset) as usize);
        Some(piece.bytes.slice(from..to))
    }

    /// The whole body, if nothing was released and it is in one piece.
    pub(crate) fn whole(&self) -> Option<Bytes> {
        match (self.start(), self.pieces.len()) {
            (0, 0) => Some(Bytes::new()),
            (0, 1) => self.pieces.front().map(|piece| piece.bytes.clone()),
            _ => None,
        }
    }

    /// All pieces.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &Bytes> {
        self.pieces.iter().map(|piece| &piece.bytes)
    }

    /// All pieces as one.
    pub(crate) fn gathered(&self) -> Bytes {
        if let Some(whole) = self.whole() {
            return whole;
        }
        // What is there is in memory already.
        let mut gathered = BytesMut::with_capacity((self.end - self.start()) as usize);
        self.pieces().for_each(|piece| gathered.extend_from_slice(piece));
        gathered.freeze()
    }

    /// Copies the loose pieces into one that is allocated to fit.
    fn merge_tail(&mut self) {
        let first = self.pieces.len().saturating_sub(self.loose_pieces);
        (self.loose_bytes, self.loose_pieces) = (0, 0);
        let Some(offset) = self.pieces.get(first).map(|piece| piece.offset) else { return };
        // The run is shorter than a block plus a small piece.
        let mut merged = BytesMut::with_capacity((self.end - offset) as usize);
        for piece in self.pieces.drain(first..) {
            merged.extend_from_slice(&piece.bytes);
        }
        self.pieces.push_back(Extent { offset, bytes: merged.freeze() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pattern(from: u64, to: u64) -> Vec<u8> {
        (from..to).map(|at| (at.wrapping_mul(31) ^ (at >> 8)) as u8).collect()
    }

    fn filled(lengths: &[usize]) -> Extents {
        let mut extents = Extents::default();
        for length in lengths {
            let from = extents.end();
            extents.push(pattern(from, from + *length as u64).into());
        }
        extents
    }

    fn read(extents: &Extents, from: u64, to: u64) -> Vec<u8> {
        let (mut position, mut bytes) = (from, Vec::new());
        while let Some(piece) = extents.slice(position, to) {
            position += piece.len() as u64;
            bytes.extend_from_slice(&piece);
        }
        bytes
    }

    proptest! {
        #[test]
        fn any_range_of_any_chunking_gives_the_same_bytes(
            lengths in prop::collection::vec(prop_oneof![1usize..40, 1usize..50_000, 30_000usize..100_000], 0..12),
            from in 0u64..400_000,
            length in 0u64..400_000,
            finished: bool,
        ) {
            let mut extents = filled(&lengths);
            if finished {
                extents.finish();
            }
            let to = (from + length).min(extents.end());
            prop_assert_eq!(read(&extents, from, from + length), pattern(from.min(to), to));
        }
    }

    #[test]
    fn a_small_body_ends_up_in_one_piece_that_fits() {
        let mut extents = filled(&[1; 1000]);
        extents.finish();
        assert_eq!(extents.whole().map(|whole| whole.to_vec()), Some(pattern(0, 1000)));
        assert_eq!(extents.weight(), 1000 + PIECE_OVERHEAD);
    }

    #[test]
    fn tiny_chunks_of_a_large_body_do_not_cost_a_piece_each() {
        let extents = filled(&vec![10; 100_000]);
        assert!(extents.pieces.len() < 16 + LOOSE_PIECES);
        assert_eq!(read(&extents, 0, 1_000_000), pattern(0, 1_000_000));
    }

    #[test]
    fn released_pieces_are_gone_and_the_rest_keeps_its_offsets() {
        let mut extents = filled(&[40_000, 40_000, 40_000]);
        extents.release_before(80_001);
        assert_eq!(extents.start(), 80_000);
        assert_eq!(extents.slice(79_999, 80_001), None);
        assert_eq!(read(&extents, 80_000, 120_000), pattern(80_000, 120_000));
        assert_eq!(extents.whole(), None);
    }
}
