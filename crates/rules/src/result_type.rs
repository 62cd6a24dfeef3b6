//! How a request ended: one word for `X-Cache`, the access log and the metrics (H30, P10).

/// The result type of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResultType {
    /// Refused for lack of capacity (A93).
    CapacityExceeded,
    /// An error status, whoever made it, also when a page replaced it with 200 (A51).
    Error,
    /// Answered from the cache, fresh or stale (H35); also a viewer that shared another's fetch (P13).
    Hit,
    /// Refused because a limit of the edge was reached (A93).
    LimitExceeded,
    /// Fetched from the origin.
    Miss,
    /// Redirected from HTTP to HTTPS (O31).
    Redirect,
    /// Answered from the cache after the origin said 304 (C43).
    RefreshHit,
}

impl ResultType {
    /// The word in logs and metrics (P10).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CapacityExceeded => "CapacityExceeded",
            Self::Error => "Error",
            Self::Hit => "Hit",
            Self::LimitExceeded => "LimitExceeded",
            Self::Miss => "Miss",
            Self::Redirect => "Redirect",
            Self::RefreshHit => "RefreshHit",
        }
    }

    /// The value of `X-Cache` (H30).
    pub const fn x_cache(self) -> &'static str {
        match self {
            Self::CapacityExceeded => "CapacityExceeded from cloudfront",
            Self::Error => "Error from cloudfront",
            Self::Hit => "Hit from cloudfront",
            Self::LimitExceeded => "LimitExceeded from cloudfront",
            Self::Miss => "Miss from cloudfront",
            Self::Redirect => "Redirect from cloudfront",
            Self::RefreshHit => "RefreshHit from cloudfront",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x_cache_is_the_result_type_and_the_source() {
        use ResultType::*;
        for result in [CapacityExceeded, Error, Hit, LimitExceeded, Miss, Redirect, RefreshHit] {
            assert_eq!(result.x_cache(), format!("{} from cloudfront", result.as_str()));
        }
    }
}
