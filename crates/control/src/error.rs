//! What the API answers when it refuses: a code of CloudFront's catalogue and a sentence for the caller.
//!
//! The status belongs to the code. What went wrong inside is for the log only and never reaches a caller.

use compile::{Problem, Problems};
use shapes::ErrorCode;
use store::CommitError;

/// A refusal.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// The code.
    pub code: ErrorCode,
    /// For the caller: what is wrong and what would be accepted.
    pub message: String,
    /// Everything that is wrong with a configuration, when this is the first of it.
    pub problems: Option<Problems>,
    /// Seconds after which the caller may try again, for one that must wait.
    pub retry_after_s: Option<u64>,
    /// For the log.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

// === impl ApiError ===

impl ApiError {
    /// A refusal that the caller can do something about.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), problems: None, retry_after_s: None, source: None }
    }

    /// A value that is not accepted and has no code of its own.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidArgument, message)
    }

    /// A caller that must wait after too many failed attempts to show a key.
    pub fn throttled(wait_s: u64) -> Self {
        let text = format!(
            "Too many requests with wrong credentials came from this address. Try again after {wait_s} seconds."
        );
        Self { retry_after_s: Some(wait_s), ..Self::new(ErrorCode::Throttling, text) }
    }

    /// With the element, or the parameter, that is wrong.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        let (code, message) = (self.code.as_str(), self.message.clone());
        self.problems = Some(Problems(vec![Problem {
            code,
            path: path.to_owned(),
            explanation: message.clone(),
            message,
        }]));
        self
    }

    /// A fault of ours.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let mut error =
            Self::new(ErrorCode::InternalFailure, "The request failed because of an internal error.");
        error.source = Some(source.into());
        error
    }
}

/// The first problem is the answer.
impl From<Problems> for ApiError {
    fn from(problems: Problems) -> Self {
        let Some(first) = problems.first() else {
            return Self::internal("a configuration was refused without a problem");
        };
        // A code outside of the catalogue would be a mistake in a table; the caller's document is wrong all the same.
        let code = first.code.parse().unwrap_or(ErrorCode::InvalidArgument);
        let mut error = Self::new(code, first.message.clone());
        error.problems = Some(problems);
        error
    }
}

impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Closed => Self::new(ErrorCode::ServiceUnavailable, "The service is shutting down."),
            other => Self::internal(other),
        }
    }
}

impl From<CommitError> for ApiError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict { .. } => Self::new(
                ErrorCode::PreconditionFailed,
                "The resource was changed by another request meanwhile. Accepted: the ETag of its last read or write.",
            ),
            CommitError::Failed(error) => error.into(),
            CommitError::Refused(
                store::Violation::ValueTooLarge { .. }
                | store::Violation::TransactionTooLarge { .. }
                | store::Violation::TooManyOperations { .. },
            ) => Self::new(
                ErrorCode::EntitySizeLimitExceeded,
                format!(
                    "The document is too large to be kept. Accepted: at most {} bytes, and at most {} names of its own.",
                    store::MAX_VALUE_BYTES,
                    store::MAX_OPERATIONS - 8
                ),
            ),
            CommitError::Refused(violation) => Self::internal(violation),
        }
    }
}
