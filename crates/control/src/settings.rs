//! What the API can be told: who the account is, what names it gives, and its limits.

use std::time::Duration;

use compile::Environment;

/// How the API behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The account in ARNs, 12 digits.
    pub account_id: String,
    /// What follows the first label of the domain names that distributions get.
    pub domain_suffix: String,
    /// Scheme and host of the addresses in `Location`, without a slash at the end.
    pub location_base: String,
    /// Whether an update must say everything that CloudFront wants said (control plane 3.1, column U). When off, an
    /// update is filled with defaults, like a create.
    pub strict_update: bool,
    /// The largest request body, in bytes.
    pub max_body_bytes: usize,
    /// How long a request body may take to arrive.
    pub body_time_limit: Duration,
    /// How many request bodies may be in memory at once.
    pub max_bodies: usize,
    /// How long a write waits for the edges before it is answered; the answer is the same either way.
    pub deployment_wait: Duration,
    /// Where the product runs, as compiling a configuration needs to know it. Its account is always `account_id`.
    pub environment: Environment,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            account_id: "123456789012".into(),
            domain_suffix: "cloudfront.localhost".into(),
            location_base: "https://cloudfront.amazonaws.com".into(),
            strict_update: true,
            max_body_bytes: 1024 * 1024,
            body_time_limit: Duration::from_secs(30),
            max_bodies: 256,
            deployment_wait: Duration::from_millis(500),
            environment: Environment::default(),
        }
    }
}
