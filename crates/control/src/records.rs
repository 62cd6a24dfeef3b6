//! What the API keeps: typed documents in the store, and the keys they are kept under.
//!
//! A value is one line of JSON and, from the next line on, the XML document as it would be sent. Beside the records
//! there are indexes, written in the same transactions: caller reference, alternate domain name and name of an origin
//! access control to the resource that has it. [`load_all`] and [`Change`] are for those who serve what is kept.

mod distribution;
mod format;
mod invalidation;
pub(crate) mod keys;
mod load;
mod origin_access_control;

pub use distribution::DistributionRecord;
pub use format::RecordError;
pub use invalidation::InvalidationRecord;
pub use keys::PREFIX;
pub use load::{Change, Loaded, load_all};
pub use origin_access_control::OriginAccessControlRecord;

pub(crate) use format::{decode_number, decode_text};
