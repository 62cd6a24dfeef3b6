//! Whose signatures let viewers in: what a behavior asks for, and what a distribution accepts now.

use crate::{Counted, Shape};

/// Accounts whose signatures let viewers in (legacy).
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct TrustedSigners {
    /// Whether a signature is asked for.
    pub enabled: bool,
    /// How many accounts there are, according to the caller.
    pub quantity: i32,
    /// The account numbers; `self` is the owner's.
    #[shape(item = "AwsAccountNumber")]
    pub items: Vec<String>,
}

/// Key groups whose signatures let viewers in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct TrustedKeyGroups {
    /// Whether a signature is asked for.
    pub enabled: bool,
    /// How many key groups there are, according to the caller.
    pub quantity: i32,
    /// The key groups' ids.
    #[shape(item = "KeyGroup")]
    pub items: Vec<String>,
}

/// The accounts whose signatures a distribution accepts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ActiveTrustedSigners {
    /// Whether any behavior asks for them.
    pub enabled: bool,
    /// How many accounts there are.
    pub quantity: i32,
    /// The accounts.
    #[shape(item = "Signer")]
    pub items: Vec<Signer>,
}

/// An account and its keys.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct Signer {
    /// The account number, or `self`.
    pub aws_account_number: Option<String>,
    /// Its active key pairs.
    #[shape(item = "KeyPairId")]
    pub key_pair_ids: Option<Counted<String>>,
}

/// The key groups whose signatures a distribution accepts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ActiveTrustedKeyGroups {
    /// Whether any behavior asks for them.
    pub enabled: bool,
    /// How many key groups there are.
    pub quantity: i32,
    /// The key groups.
    #[shape(item = "KeyGroup")]
    pub items: Vec<KGKeyPairIds>,
}

/// A key group and its keys.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct KGKeyPairIds {
    /// The key group's id.
    pub key_group_id: Option<String>,
    /// Its public keys.
    #[shape(item = "KeyPairId")]
    pub key_pair_ids: Option<Counted<String>>,
}
