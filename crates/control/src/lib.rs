//! The CloudFront API: authentication, operations, ETags, persistence, deployment status.
