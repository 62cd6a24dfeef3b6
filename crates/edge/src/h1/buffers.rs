//! Buffers of a thread's connections: one is held only while bytes are in it.
//!
//! A connection that waits for its viewer has none, which is most of what an idle connection would cost.

use std::cell::RefCell;

use bytes::BytesMut;

/// Room for what one read may bring, in bytes.
const READ_BYTES: usize = 16 * 1024;
/// Buffers of each kind that a thread keeps for later.
const MAX_SPARE: usize = 32;
/// The largest buffer for replies that is kept, in bytes.
const MAX_SPARE_REPLY_BYTES: usize = 32 * 1024;

thread_local! {
    static SPARE: RefCell<Vec<BytesMut>> = const { RefCell::new(Vec::new()) };
    static SPARE_FOR_REPLIES: RefCell<Vec<BytesMut>> = const { RefCell::new(Vec::new()) };
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
        keep(&SPARE, std::mem::take(buffer));
    }
}

/// An empty buffer for a reply, with room for its head.
pub fn for_reply(head_bytes: usize) -> BytesMut {
    let mut buffer = SPARE_FOR_REPLIES.with_borrow_mut(Vec::pop).unwrap_or_default();
    buffer.reserve(head_bytes);
    buffer
}

/// Takes back what a reply was written from.
pub fn give_back_reply(mut buffer: BytesMut) {
    buffer.clear();
    if (1..=MAX_SPARE_REPLY_BYTES).contains(&buffer.capacity()) {
        keep(&SPARE_FOR_REPLIES, buffer);
    }
}

fn keep(place: &'static std::thread::LocalKey<RefCell<Vec<BytesMut>>>, buffer: BytesMut) {
    place.with_borrow_mut(|spare| {
        if spare.len() < MAX_SPARE {
            spare.push(buffer);
        }
    });
}
