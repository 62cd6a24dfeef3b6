//! Reads a request body: bounded in bytes and in time, and refused so that the sender sees the answer.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use shapes::ErrorCode;

use crate::error::ApiError;

/// What is read and thrown away at most after the limit: whoever is still sending then sees the answer, where a
/// connection that closes at once would be a reset.
const DISCARDED_BYTES: usize = 64 * 1024 * 1024;

/// Reads the whole body; `limit_bytes` and `time_limit` are real bytes and real time. Cancel-safe: nothing is kept.
pub(crate) async fn read(body: Body, limit_bytes: usize, time_limit: Duration) -> Result<Bytes, ApiError> {
    match tokio::time::timeout(time_limit, collect(body, limit_bytes)).await {
        Ok(Ok(Some(collected))) => Ok(collected),
        Ok(Ok(None)) => Err(too_large(limit_bytes)),
        Ok(Err(_)) => Err(ApiError::new(ErrorCode::MissingBody, "The request's body broke off.")),
        Err(_) => Err(ApiError::new(
            ErrorCode::MissingBody,
            format!("The request's body did not arrive within {} seconds.", time_limit.as_secs()),
        )),
    }
}

/// The body, or `None` when it is larger than the limit; never holds more than the limit and one frame.
async fn collect(mut body: Body, limit_bytes: usize) -> Result<Option<Bytes>, axum::Error> {
    let mut kept = BytesMut::new();
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        seen = seen.saturating_add(data.len());
        if seen <= limit_bytes {
            kept.extend_from_slice(&data);
            continue;
        }
        kept = BytesMut::new();
        if seen > limit_bytes.saturating_add(DISCARDED_BYTES) {
            break;
        }
    }
    Ok((seen <= limit_bytes).then(|| kept.freeze()))
}

fn too_large(limit_bytes: usize) -> ApiError {
    ApiError::new(
        ErrorCode::EntitySizeLimitExceeded,
        format!("The request's body is too large. Accepted: at most {limit_bytes} bytes."),
    )
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::stream;

    use super::*;

    #[tokio::test]
    async fn a_body_that_never_comes_is_given_up() {
        let body = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        let error = read(body, 10, Duration::ZERO).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::MissingBody);
    }

    #[tokio::test]
    async fn a_body_without_end_is_given_up_after_the_limit() {
        let endless = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(b"xxxx")));
        let error = read(Body::from_stream(endless), 10, Duration::from_secs(60)).await.unwrap_err();
        assert_eq!(error.code.status(), 413);
        let exact = read(Body::from("0123456789"), 10, Duration::from_secs(60)).await.unwrap();
        assert_eq!(exact.len(), 10);
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_read_to_its_end_so_that_its_sender_sees_the_answer() {
        let read_to_end = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counter = read_to_end.clone();
        let large = stream::iter((0..100).map(move |_| {
            counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok::<_, Infallible>(Bytes::from_static(b"xxxx"))
        }));
        let error = read(Body::from_stream(large), 10, Duration::from_secs(60)).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::EntitySizeLimitExceeded);
        assert_eq!(read_to_end.load(std::sync::atomic::Ordering::Relaxed), 100);
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_missing() {
        let broken = stream::iter([Ok(Bytes::from_static(b"<Dis")), Err(std::io::Error::other("reset"))]);
        let error = read(Body::from_stream(broken), 10, Duration::from_secs(60)).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::MissingBody);
    }
}
