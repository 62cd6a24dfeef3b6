//! Buffers of a thread's connections: one is held only while bytes are in it.
//!
//! A connection that waits for its viewer has none, which is most of what an idle connection would cost.

use std::cell::RefCell;

use bytes::BytesMut;

/// Room for what one read may bring, in bytes.
const READ_BYTES: usize = 16 * 1024;
/// Buffers that a thread keeps for later.
const MAX_SPARE: usize = 32;

thread_local! {
    static SPARE: RefCell<Vec<BytesMut>> = const { RefCell::new(Vec::new()) };
}

/// Makes room in `buffer` for a read: with a spare one when it has nothing in it.
pub fn make_room(buffer: &mut BytesMut) {
    if buffer.capacity() == 0 {
        *buffer = SPARE.with_borrow_mut(Vec::pop).unwrap_or_default();
    }
    if buffer.capacity() - buffer.len() < READ_BYTES / 4 {
        // Uses the same memory again when nothing else refers to it.
        buffer.reserve(READ_BYTES);
    }
}

/// Takes the buffer of a connection that waits, when it is empty.
pub fn give_back(buffer: &mut BytesMut) {
    if buffer.is_empty() && buffer.capacity() > 0 {
        let buffer = std::mem::take(buffer);
        SPARE.with_borrow_mut(|spare| {
            if spare.len() < MAX_SPARE {
                spare.push(buffer);
            }
        });
    }
}
