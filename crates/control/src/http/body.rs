//! Reads a request body: bounded in bytes and in time.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use shapes::ErrorCode;

use crate::error::ApiError;

/// Reads the whole body; `limit_bytes` and `time_limit` are real bytes and real time. Cancel-safe: nothing is kept.
pub(crate) async fn read(body: Body, limit_bytes: usize, time_limit: Duration) -> Result<Bytes, ApiError> {
    // A body that says its length is refused before it is read.
    let said = http_body::Body::size_hint(&body).lower();
    if usize::try_from(said).unwrap_or(usize::MAX) > limit_bytes {
        return Err(too_large(limit_bytes));
    }
    let whole = tokio::time::timeout(time_limit, Limited::new(body, limit_bytes).collect());
    match whole.await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(limit_bytes)),
        Ok(Err(_)) => Err(ApiError::new(ErrorCode::MissingBody, "The request's body broke off.")),
        Err(_) => Err(ApiError::new(
            ErrorCode::MissingBody,
            format!("The request's body did not arrive within {} seconds.", time_limit.as_secs()),
        )),
    }
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
    async fn a_body_of_unknown_length_is_cut_at_the_limit() {
        let endless = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(b"xxxx")));
        let error = read(Body::from_stream(endless), 10, Duration::from_secs(60)).await.unwrap_err();
        assert_eq!(error.code.status(), 413);
        let exact = read(Body::from("0123456789"), 10, Duration::from_secs(60)).await.unwrap();
        assert_eq!(exact.len(), 10);
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_missing() {
        let broken = stream::iter([Ok(Bytes::from_static(b"<Dis")), Err(std::io::Error::other("reset"))]);
        let error = read(Body::from_stream(broken), 10, Duration::from_secs(60)).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::MissingBody);
    }
}
