//! Request heads that a thread uses again.

use std::cell::RefCell;
use std::sync::Arc;

use rules::request::RequestHead;

use super::receive;

/// Heads that a thread keeps for later requests.
const MAX_SPARE: usize = 64;

thread_local! {
    static SPARE: RefCell<Vec<Arc<RequestHead>>> = const { RefCell::new(Vec::new()) };
}

/// The head, to be shared by the parts of a request.
pub fn share(head: RequestHead) -> Arc<RequestHead> {
    let spare = SPARE.with_borrow_mut(Vec::pop);
    let Some(mut shared) = spare else { return Arc::new(head) };
    match Arc::get_mut(&mut shared) {
        Some(place) => {
            *place = head;
            shared
        }
        None => Arc::new(head),
    }
}

/// Takes back a head that a request has done with, unless somebody else still has it.
pub fn give_back(mut head: Arc<RequestHead>) {
    if let Some(place) = Arc::get_mut(&mut head) {
        // What it refers to is let go at once.
        *place = receive::nothing();
        SPARE.with_borrow_mut(|spare| {
            if spare.len() < MAX_SPARE {
                spare.push(head);
            }
        });
    }
}
