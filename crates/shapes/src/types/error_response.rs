//! Custom error responses: what viewers get in place of an error.

use crate::Shape;

/// What viewers get for one error status, and how long the error is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CustomErrorResponse {
    /// The status of the error.
    pub error_code: i32,
    /// Path of the page; empty or absent for none.
    pub response_page_path: Option<String>,
    /// The status that viewers get with the page, in decimal digits; empty or absent for none.
    pub response_code: Option<String>,
    /// Least time for which the error is remembered, in seconds.
    #[shape(name = "ErrorCachingMinTTL")]
    pub error_caching_min_ttl: Option<i64>,
}
