//! Bucket policies: who may do what, decided by statements.
//!
//! [`Policy::parse`] reads the document and refuses whatever it does not know ([`read`]); [`Policy::verdict`] evaluates
//! it: a statement that denies wins over any that allows, and silence grants nothing. What an owner may do without any
//! policy is not decided here, see `crate::access`.

mod actions;
mod conditions;
mod json;
mod pattern;
mod principal;
mod read;

pub(crate) use conditions::{Context, Key};
pub(crate) use principal::Who;

use conditions::Condition;
use pattern::Pattern;
use principal::Principal;

/// The longest document, in bytes.
pub(crate) const MAX_BYTES: usize = 20 * 1024;

/// A bucket's policy.
#[derive(Debug)]
pub(crate) struct Policy {
    text: String,
    statements: Vec<Statement>,
}

/// Why a document is not a policy; the text is for the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Malformed(pub(crate) String);

/// What is asked of a policy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    /// Who asks.
    pub(crate) who: &'a Who,
    /// For example `s3:GetObject`.
    pub(crate) action: &'a str,
    /// For example `arn:aws:s3:::bucket/key`.
    pub(crate) resource: &'a str,
    /// What conditions look at.
    pub(crate) context: &'a Context,
}

/// What a policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A statement allows it and none denies it.
    Allowed,
    /// A statement denies it.
    Denied,
    /// No statement is about it.
    Silent,
}

#[derive(Debug)]
struct Statement {
    effect: Effect,
    principals: Listed<Principal>,
    actions: Listed<Pattern>,
    resources: Listed<Pattern>,
    conditions: Vec<Condition>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Allow,
    Deny,
}

/// `Action` or `NotAction`, and the like.
#[derive(Debug)]
enum Listed<T> {
    AnyOf(Vec<T>),
    NoneOf(Vec<T>),
}

// === impl Policy ===

impl Policy {
    /// Reads the policy of `bucket`.
    pub(crate) fn parse(text: &str, bucket: &str) -> Result<Self, Malformed> {
        if text.len() > MAX_BYTES {
            let length = text.len();
            return Err(Malformed(format!("The policy has {length} bytes. Accepted: at most {MAX_BYTES}.")));
        }
        let statements = read::statements(text, bucket)?;
        Ok(Self { text: text.to_owned(), statements })
    }

    /// The document as it was given.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// What it says about a request.
    pub(crate) fn verdict(&self, question: &Question<'_>) -> Verdict {
        let applies = |effect| {
            self.statements.iter().any(|statement| statement.effect == effect && statement.is_about(question))
        };
        if applies(Effect::Deny) {
            Verdict::Denied
        } else if applies(Effect::Allow) {
            Verdict::Allowed
        } else {
            Verdict::Silent
        }
    }

    /// Whether it lets everybody do something, from anywhere.
    pub(crate) fn is_public(&self) -> bool {
        self.statements.iter().any(|statement| {
            let narrowed = statement.conditions.iter().any(Condition::narrows_down_who_asks);
            statement.effect == Effect::Allow && statement.names_everyone() && !narrowed
        })
    }
}

// === impl Statement ===

impl Statement {
    fn is_about(&self, question: &Question<'_>) -> bool {
        let is_denial = self.effect == Effect::Deny;
        self.principals.includes(|principal| principal.is(question.who, is_denial))
            && self.actions.includes(|pattern| pattern.matches_ignoring_case(question.action))
            && self.resources.includes(|pattern| pattern.matches(question.resource))
            && self.conditions.iter().all(|condition| condition.holds(question.context))
    }

    fn names_everyone(&self) -> bool {
        match &self.principals {
            Listed::AnyOf(principals) => principals.contains(&Principal::Everyone),
            Listed::NoneOf(_) => true,
        }
    }
}

impl<T> Listed<T> {
    fn includes(&self, is_it: impl FnMut(&T) -> bool) -> bool {
        match self {
            Self::AnyOf(items) => items.iter().any(is_it),
            Self::NoneOf(items) => !items.iter().any(is_it),
        }
    }
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
