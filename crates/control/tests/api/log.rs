//! What the API logged on the thread of this test.
//!
//! One subscriber for the whole program, set before anything is logged: with one for each test, `tracing` would
//! remember from whichever thread comes first whether anybody listens, and some runs would log nothing.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::Once;

thread_local! {
    static WRITTEN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// From now on everything is recorded.
pub fn record() {
    static SUBSCRIBER: Once = Once::new();
    SUBSCRIBER.call_once(|| {
        let subscriber =
            tracing_subscriber::fmt().with_writer(|| OfThisThread).with_max_level(tracing::Level::TRACE);
        tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
    });
}

/// Everything that this thread has logged.
pub fn text() -> String {
    WRITTEN.with_borrow(|written| String::from_utf8_lossy(written).into_owned())
}

struct OfThisThread;

impl Write for OfThisThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN.with_borrow_mut(|written| written.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
