//! What goes wrong, in S3's words.

use std::io;

use s3s::{S3Error, S3ErrorCode, s3_error};

use crate::policy::Malformed;
use crate::store::Error;

impl From<Error> for S3Error {
    fn from(error: Error) -> Self {
        match error {
            Error::BucketExists => {
                s3_error!(BucketAlreadyOwnedByYou, "The bucket is there already, and it is yours.")
            }
            Error::BucketNotEmpty => {
                s3_error!(BucketNotEmpty, "The bucket has objects. Accepted: a bucket without any.")
            }
            Error::NoSuchBucket => s3_error!(NoSuchBucket, "The specified bucket does not exist."),
            Error::NoSuchUpload => {
                s3_error!(
                    NoSuchUpload,
                    "There is no such upload for this key; it may have been completed or aborted."
                )
            }
            Error::TooManyBuckets => s3_error!(TooManyBuckets, "There is no room for another bucket."),
            Error::Full(what) => s3_error!(InvalidRequest, "There is no room for more {what}."),
            Error::Disk(source) => disk(source),
        }
    }
}

impl From<Malformed> for S3Error {
    fn from(error: Malformed) -> Self {
        Self::with_message(S3ErrorCode::MalformedPolicy, printable(&error.0))
    }
}

/// What a caller said, as it can be written in XML.
fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}

/// The disk failed. The caller learns no more; the log says why.
pub(crate) fn disk(error: io::Error) -> S3Error {
    tracing::error!(%error, "a bucket's files cannot be used");
    s3_error!(InternalError, "We encountered an internal error. Please try again.")
}

/// Whoever asks may not.
pub(crate) fn access_denied() -> S3Error {
    s3_error!(AccessDenied, "Access Denied")
}

/// The body, or what its parts add up to, is larger than an object may be.
pub(crate) fn too_large() -> S3Error {
    s3_error!(EntityTooLarge, "The object is larger than allowed. Accepted: at most 5 GiB.")
}

/// This server does not do that.
pub(crate) fn not_implemented(what: &str) -> S3Error {
    let what = printable(what);
    s3_error!(
        NotImplemented,
        "A header or query that you provided implies functionality that is not implemented: {what}."
    )
}
