//! What the API keeps: typed documents in the store, and the keys they are kept under.
//!
//! A value is one line of JSON and, from the next line on, the XML document as it would be sent. Beside the records
//! there are indexes, written in the same transactions: caller references, names and alternate domain names lead to the
//! resource that has them, and whatever is referred to leads to the distributions that do. [`load_all`], [`load_one`] and
//! [`Change`] are for those who serve what is kept.

mod distribution;
mod format;
mod invalidation;
pub(crate) mod keys;
mod kind;
mod load;
mod resource;

pub use distribution::DistributionRecord;
pub use format::RecordError;
pub use invalidation::InvalidationRecord;
pub use keys::PREFIX;
pub use kind::Kind;
pub use load::{Change, Loaded, load_all, load_one};
pub use resource::{Record, Referable, Referenced};

pub(crate) use format::{decode_number, decode_text};
pub(crate) use kind::Claim;
