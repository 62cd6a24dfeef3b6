//! Bodies on their way to the disk: measured, hashed and checked, and in no place yet.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderName};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::StreamingBlob;
use s3s::{S3Result, StdError, TrailingHeaders, s3_error};

use crate::error;
use crate::limits::MAX_OBJECT_BYTES;
use crate::store::Draft;

/// Checksums that a body may come with, by the name of their header.
const CHECKSUMS: [&str; 5] = [
    "x-amz-checksum-crc32",
    "x-amz-checksum-crc32c",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-sha1",
    "x-amz-checksum-sha256",
];

/// What a body says about itself.
#[derive(Default)]
pub(crate) struct Claims {
    length: Option<u64>,
    /// In Base64.
    md5: Option<String>,
    /// In Base64, by the name of their header; empty when the value comes after the body.
    checksums: BTreeMap<&'static str, Option<String>>,
    trailer: Option<TrailingHeaders>,
}

/// A body that was written and is what it claimed to be.
pub(crate) struct Received {
    pub(crate) draft: Draft,
    pub(crate) size: u64,
    pub(crate) md5: [u8; 16],
    /// In Base64, by the name of their header.
    pub(crate) checksums: BTreeMap<String, String>,
}

// === impl Claims ===

impl Claims {
    /// What the head of a request says. `length` is that of the object, without the framing of chunks.
    pub(crate) fn of(
        headers: &HeaderMap,
        length: Option<i64>,
        trailer: Option<TrailingHeaders>,
    ) -> S3Result<Self> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let length = length.and_then(|length| u64::try_from(length).ok());
        // A body in chunks of HTTP's own can still say how long the object is.
        let decoded = || text("x-amz-decoded-content-length")?.parse().ok();
        let length = length.or_else(decoded);
        let length = length.ok_or_else(|| s3_error!(MissingContentLength, "Content-Length is missing."))?;
        if length > MAX_OBJECT_BYTES {
            return Err(error::too_large());
        }
        let announced = text("x-amz-trailer").unwrap_or_default().to_ascii_lowercase();
        let mut checksums = BTreeMap::new();
        for name in CHECKSUMS {
            if let Some(value) = text(name) {
                checksums.insert(name, Some(value));
            } else if announced.split(',').any(|given| given.trim() == name) {
                checksums.insert(name, None);
            }
        }
        Ok(Self { length: Some(length), md5: text("content-md5"), checksums, trailer })
    }

    fn hasher(&self) -> ChecksumHasher {
        let mut hasher = ChecksumHasher::default();
        for name in self.checksums.keys() {
            match *name {
                "x-amz-checksum-crc32" => hasher.crc32 = Some(Default::default()),
                "x-amz-checksum-crc32c" => hasher.crc32c = Some(Default::default()),
                "x-amz-checksum-crc64nvme" => hasher.crc64nvme = Some(Default::default()),
                "x-amz-checksum-sha1" => hasher.sha1 = Some(Default::default()),
                _ => hasher.sha256 = Some(Default::default()),
            }
        }
        hasher
    }

    /// Compares with what arrived.
    fn check(&self, computed: &BTreeMap<String, String>, md5: &[u8; 16], size: u64) -> S3Result<()> {
        if self.length.is_some_and(|length| length != size) {
            return Err(s3_error!(IncompleteBody, "The body does not have the length that was declared."));
        }
        if self.md5.as_ref().is_some_and(|claimed| *claimed != STANDARD.encode(md5)) {
            return Err(s3_error!(BadDigest, "The Content-MD5 is not that of the body."));
        }
        for (name, claimed) in &self.checksums {
            let trailing = || self.trailer.as_ref()?.read(|fields| value_of(fields, name))?;
            let claimed = claimed.clone().or_else(trailing);
            if claimed.as_ref() != computed.get(*name) {
                return Err(s3_error!(BadDigest, "The {name} is not that of the body."));
            }
        }
        Ok(())
    }
}

fn value_of(fields: &HeaderMap, name: &str) -> Option<String> {
    let name = HeaderName::try_from(name).ok()?;
    fields.get(name)?.to_str().ok().map(|value| value.trim().to_owned())
}

/// Writes a body. Nothing is kept of one that breaks off or is not what it claims to be; dropping the future drops it
/// too.
pub(crate) async fn receive(tmp: &Path, body: Option<StreamingBlob>, claims: &Claims) -> S3Result<Received> {
    let mut draft = Draft::new(tmp).await.map_err(error::disk)?;
    let (mut size, mut md5, mut hasher) = (0_u64, Md5::new(), claims.hasher());
    let mut body = body;
    while let Some(piece) = match &mut body {
        Some(body) => body.next().await,
        None => None,
    } {
        let piece = piece.map_err(|error| broken(&error))?;
        size = size.saturating_add(piece.len() as u64);
        if size > claims.length.unwrap_or(MAX_OBJECT_BYTES) {
            return Err(error::too_large());
        }
        md5.update(&piece);
        hasher.update(&piece);
        draft.write(&piece).await.map_err(error::disk)?;
    }
    let (checksums, md5) = (by_name(hasher), md5.finalize());
    claims.check(&checksums, &md5, size)?;
    Ok(Received { draft, size, md5, checksums })
}

fn by_name(hasher: ChecksumHasher) -> BTreeMap<String, String> {
    let sums = hasher.finalize();
    let values = [
        sums.checksum_crc32,
        sums.checksum_crc32c,
        sums.checksum_crc64nvme,
        sums.checksum_sha1,
        sums.checksum_sha256,
    ];
    let named = CHECKSUMS.into_iter().zip(values);
    named.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// The library's errors about bodies are not public: the caller waited too long, or one sentence for all others.
fn broken(error: &StdError) -> s3s::S3Error {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&**error);
    while let Some(error) = source {
        let timed_out = |error: &io::Error| error.kind() == io::ErrorKind::TimedOut;
        if error.downcast_ref::<io::Error>().is_some_and(timed_out) {
            return s3_error!(RequestTimeout, "The next piece of the body did not arrive in time.");
        }
        source = error.source();
    }
    s3_error!(IncompleteBody, "The body broke off, or is not what was signed.")
}

/// Hexadecimal digits, as entity tags have them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
