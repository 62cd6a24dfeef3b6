//! Who asks, and whom a statement names.

use signing::edge_identity::{EdgeIdentity, canonical_user_id};

use super::Malformed;

/// The service that asks on behalf of a distribution (G30).
const CLOUDFRONT: &str = "cloudfront.amazonaws.com";

/// What precedes the id in the ARN of an origin access identity.
const IDENTITY_ARN: &str = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ";

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    /// Nobody signed.
    Anonymous,
    /// The account that owns the buckets.
    Owner {
        /// 12 digits.
        account: String,
    },
    /// A key of that account that is not its owner.
    User {
        /// 12 digits.
        account: String,
        /// The access key id.
        name: String,
    },
    /// The edge.
    Edge(EdgeIdentity),
}

/// Whom a statement names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Principal {
    Everyone,
    Account(String),
    /// A user or role by its ARN.
    Arn(String),
    CanonicalUser(String),
    CloudFront,
    OriginAccessIdentity(String),
}

// === impl Who ===

impl Who {
    /// Its ARN; nobody and a service have none.
    pub(crate) fn arn(&self) -> Option<String> {
        match self {
            Self::Anonymous | Self::Edge(EdgeIdentity::Distribution(_)) => None,
            Self::Owner { account } => Some(format!("arn:aws:iam::{account}:root")),
            Self::User { account, name } => Some(format!("arn:aws:iam::{account}:user/{name}")),
            Self::Edge(EdgeIdentity::OriginAccessIdentity(id)) => Some(format!("{IDENTITY_ARN}{id}")),
        }
    }
}

// === impl Principal ===

impl Principal {
    /// Whether it stands for who asks. An account that is allowed something still decides for itself what its users
    /// may do; one that is denied something is denied it with all of them.
    pub(super) fn is(&self, who: &Who, is_denial: bool) -> bool {
        match (self, who) {
            (Self::Everyone, _) | (Self::CloudFront, Who::Edge(EdgeIdentity::Distribution(_))) => true,
            (Self::Account(named), Who::Owner { account }) => named == account,
            (Self::Account(named), Who::User { account, .. }) => is_denial && named == account,
            (Self::Arn(named), Who::User { .. }) => who.arn().is_some_and(|arn| arn == *named),
            (Self::OriginAccessIdentity(named), Who::Edge(EdgeIdentity::OriginAccessIdentity(id))) => {
                **id == **named
            }
            (Self::CanonicalUser(named), Who::Edge(EdgeIdentity::OriginAccessIdentity(id))) => {
                canonical_user_id(id) == *named
            }
            _ => false,
        }
    }

    /// A value below `AWS`.
    pub(super) fn of_aws(value: &str) -> Result<Self, Malformed> {
        let is_account = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        if value == "*" {
            return Ok(Self::Everyone);
        }
        if is_account(value) {
            return Ok(Self::Account(value.to_owned()));
        }
        if let Some(id) = value.strip_prefix(IDENTITY_ARN)
            && !id.is_empty()
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            return Ok(Self::OriginAccessIdentity(id.to_owned()));
        }
        let rest = value.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(':'));
        match rest {
            Some((account, "root")) if is_account(account) => Ok(Self::Account(account.to_owned())),
            Some((account, name)) if is_account(account) && is_user_or_role(name) => {
                Ok(Self::Arn(value.to_owned()))
            }
            _ => Err(invalid(format!(
                "\"{value}\" is no AWS principal. Accepted: \"*\", an account of 12 digits, arn:aws:iam::<account>:root, \
                 the ARN of a user or role, or {IDENTITY_ARN}<id>."
            ))),
        }
    }

    /// A value below `Service`.
    pub(super) fn of_service(value: &str) -> Result<Self, Malformed> {
        if value == CLOUDFRONT {
            return Ok(Self::CloudFront);
        }
        Err(invalid(format!("The service \"{value}\" is not known. Accepted: {CLOUDFRONT}.")))
    }

    /// A value below `CanonicalUser`.
    pub(super) fn of_canonical_user(value: &str) -> Result<Self, Malformed> {
        let is_id = (64..=96).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_id {
            return Ok(Self::CanonicalUser(value.to_ascii_lowercase()));
        }
        Err(invalid(format!(
            "\"{value}\" is no canonical user id. Accepted: 64 to 96 hexadecimal digits, such as the \
             S3CanonicalUserId of an origin access identity."
        )))
    }
}

/// Names with a wildcard are refused by S3 too.
fn is_user_or_role(name: &str) -> bool {
    let name = name.strip_prefix("user/").or_else(|| name.strip_prefix("role/"));
    name.is_some_and(|name| !name.is_empty() && !name.contains(['*', '?']))
}

fn invalid(why: String) -> Malformed {
    Malformed(format!("Invalid principal in policy: {why}"))
}
