//! What a key may do.

use std::fmt;
use std::str::FromStr;

use shapes::ErrorCode;

use crate::error::ApiError;

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Admin,
    /// Operations that change nothing: those whose names begin with `Get`, `List` or `Describe`.
    ReadOnly,
}

/// How the operations begin that change nothing.
const READING: [&str; 3] = ["Get", "List", "Describe"];

// === impl Role ===

impl Role {
    /// How the role is written: `admin`, `read-only`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::ReadOnly => "read-only",
        }
    }

    /// Whether the role may call an operation, by CloudFront's name.
    #[must_use]
    pub fn allows(self, operation: &str) -> bool {
        match self {
            Self::Admin => true,
            Self::ReadOnly => READING.iter().any(|start| operation.starts_with(start)),
        }
    }

    /// Refuses what the role may not do.
    pub(crate) fn must_allow(self, operation: &str, access_key_id: &str) -> Result<(), ApiError> {
        if self.allows(operation) {
            return Ok(());
        }
        let message = format!(
            "The access key {access_key_id} has the role {self}, which does not allow {operation}. Accepted: operations \
             whose names begin with Get, List or Describe, or a key with the role admin."
        );
        Err(ApiError::new(ErrorCode::AccessDenied, message))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        let known = [Self::Admin, Self::ReadOnly];
        known.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// A text that names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected admin or read-only")]
pub struct UnknownRole;

#[cfg(test)]
mod tests {
    use shapes::Operation;
    use shapes::operations::{Method, Row};

    use super::*;

    #[test]
    fn a_key_that_only_reads_may_call_every_operation_that_changes_nothing_and_no_other() {
        let reads = |row: &&Row| Role::ReadOnly.allows(row.name);
        let rows = || Operation::ALL.iter().map(|operation| operation.row());
        for row in rows().filter(|row| row.method == Method::GET) {
            assert!(reads(&row), "{}", row.name);
        }
        // Some lists are asked for with a document; nothing that reads has a version to compare.
        for row in rows().filter(reads) {
            let asks = [Method::GET, Method::POST].contains(&row.method) && !row.takes_if_match();
            assert!(asks, "{}", row.name);
        }
        assert!(Operation::ALL.iter().all(|operation| Role::Admin.allows(operation.row().name)));
    }

    #[test]
    fn a_role_is_read_as_it_is_written() {
        for role in [Role::Admin, Role::ReadOnly] {
            assert_eq!(role.to_string().parse(), Ok(role));
        }
        assert_eq!("Admin".parse::<Role>(), Err(UnknownRole));
    }
}
