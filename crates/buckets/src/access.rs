//! Who may do what: signatures become callers, operations become actions, and the bucket's policy has its say.
//!
//! The account owns all buckets: its administrators may do everything that a policy does not deny, and can always change
//! a policy; its readers may read. Everybody else, the edge too, may do what a policy allows: buckets are private.

mod actions;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::header::{REFERER, USER_AGENT};
use http::{Extensions, HeaderMap, Uri};
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::S3Auth;
use s3s::path::S3Path;
use s3s::{S3Result, s3_error};
use signing::edge_identity::{EdgeIdentity, MasterKey};
use signing::keys::SecretKey;

use crate::error;
use crate::policy::{Context, Key as ConditionKey, Question, Verdict, Who};
use crate::store::{Bucket, Store};

pub(crate) use actions::LIST_BUCKET;

/// The keys of the account.
pub trait Keys: Send + Sync + 'static {
    /// The key with this id, if there is one and it may be used.
    fn find(&self, access_key_id: &str) -> Option<Key>;

    /// Seconds that an address must wait before it may try a key again; `None` when it may now.
    fn wait_s(&self, peer: IpAddr, access_key_id: &str) -> Option<u64>;

    /// An address has shown a key wrongly, or one that is not known.
    fn failed(&self, peer: IpAddr, access_key_id: &str);

    /// An address has shown a key.
    fn succeeded(&self, peer: IpAddr, access_key_id: &str);
}

/// A key of the account.
#[derive(Debug, Clone)]
pub struct Key {
    /// What its holder signs with.
    pub secret: SecretKey,
    /// What its holder may do.
    pub role: Role,
}

/// What the holder of a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything, as the owner of the buckets.
    Administrator,
    /// Read.
    Reader,
}

/// The address of the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Decides who may do what.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) keys: Arc<dyn Keys>,
    pub(crate) master: MasterKey,
    /// 12 digits.
    pub(crate) account: String,
    pub(crate) store: Arc<Store>,
}

/// Who asks, with everything that a policy may look at.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    who: Who,
    context: Context,
}

// === impl Access ===

#[async_trait::async_trait]
impl S3Auth for Access {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<s3s::auth::SecretKey> {
        if EdgeIdentity::of_access_key_id(access_key).is_some() {
            return Ok(self.master.secret_of(access_key).expose().into());
        }
        match self.keys.find(access_key) {
            Some(key) => Ok(key.secret.expose().into()),
            None => Err(s3_error!(InvalidAccessKeyId, "The access key id that you provided is not known.")),
        }
    }
}

#[async_trait::async_trait]
impl S3Access for Access {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let action = actions::of_operation(cx.s3_op().name())
            .ok_or_else(|| error::not_implemented(cx.s3_op().name()))?;
        let bucket = cx.s3_path().get_bucket_name().map(|name| self.store.bucket(name));
        let bucket = if actions::is_about_the_account(action) { None } else { bucket.transpose()? };
        let owner = cx.headers().get("x-amz-expected-bucket-owner");
        let is_owners = owner.is_none_or(|owner| owner.as_bytes() == self.account.as_bytes());
        let asker = self.asker(cx)?;
        let key = match cx.s3_path() {
            S3Path::Object { key, .. } => Some(&**key),
            S3Path::Bucket { .. } | S3Path::Root => None,
        };
        // Every key of a DeleteObjects is decided by itself.
        let allowed = actions::is_decided_later(cx.s3_op().name())
            || bucket
                .as_ref()
                .map_or_else(|| asker.may_in_account(action), |bucket| asker.may(bucket, action, key));
        if !allowed || !is_owners {
            return Err(error::access_denied());
        }
        cx.extensions_mut().insert(asker);
        Ok(())
    }
}

impl Access {
    fn asker(&self, cx: &mut S3AccessContext<'_>) -> S3Result<Asker> {
        let who = match cx.credentials() {
            None => Who::Anonymous,
            Some(credentials) => {
                let id = credentials.access_key.clone();
                self.shown(cx.extensions_mut(), &id);
                self.who(&id)?
            }
        };
        let mut context = Context::default();
        // Connections are not encrypted here.
        context.set(ConditionKey::SecureTransport, "false");
        if let Who::Edge(EdgeIdentity::Distribution(id)) = &who {
            context.set(
                ConditionKey::SourceArn,
                format!("arn:aws:cloudfront::{}:distribution/{id}", self.account),
            );
            context.set(ConditionKey::SourceAccount, self.account.as_str());
        }
        if let Some(arn) = who.arn() {
            context.set(ConditionKey::PrincipalArn, arn);
        }
        add_fields(&mut context, cx.headers());
        add_query(&mut context, cx.uri());
        add_peer(&mut context, cx.extensions_mut());
        Ok(Asker { who, context })
    }

    /// A signature was right.
    fn shown(&self, extensions: &Extensions, access_key_id: &str) {
        if let Some(Peer(peer)) =
            extensions.get().filter(|_| EdgeIdentity::of_access_key_id(access_key_id).is_none())
        {
            self.keys.succeeded(*peer, access_key_id);
        }
    }

    fn who(&self, access_key_id: &str) -> S3Result<Who> {
        if let Some(identity) = EdgeIdentity::of_access_key_id(access_key_id) {
            return Ok(Who::Edge(identity));
        }
        // It was there a moment ago, when the signature was verified.
        let key = self.keys.find(access_key_id).ok_or_else(error::access_denied)?;
        let account = self.account.clone();
        Ok(match key.role {
            Role::Administrator => Who::Owner { account },
            Role::Reader => Who::User { account, name: access_key_id.to_owned() },
        })
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("account", &self.account).finish_non_exhaustive()
    }
}

fn add_fields(context: &mut Context, headers: &HeaderMap) {
    for (key, name) in [(ConditionKey::Referer, REFERER), (ConditionKey::UserAgent, USER_AGENT)] {
        if let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) {
            context.set(key, value);
        }
    }
}

fn add_query(context: &mut Context, uri: &Uri) {
    for (name, value) in crate::query::pairs(uri.query().unwrap_or_default()) {
        match &*name {
            "prefix" => context.set(ConditionKey::Prefix, value),
            "delimiter" => context.set(ConditionKey::Delimiter, value),
            _ => {}
        }
    }
}

fn add_peer(context: &mut Context, extensions: &mut Extensions) {
    if let Some(Peer(address)) = extensions.get::<Peer>() {
        context.set(ConditionKey::SourceIp, address.to_canonical().to_string());
    }
}

// === impl Asker ===

impl Asker {
    /// Whoever [`Access`] let through.
    pub(crate) fn of(extensions: &Extensions) -> S3Result<&Self> {
        extensions.get::<Self>().ok_or_else(error::access_denied)
    }

    /// Whether nobody signed.
    pub(crate) fn is_anonymous(&self) -> bool {
        self.who == Who::Anonymous
    }

    /// Whether it may do `action` to a bucket, or to the object `key` in it.
    pub(crate) fn may(&self, bucket: &Bucket, action: &str, key: Option<&str>) -> bool {
        let resource = match key {
            Some(key) => format!("arn:aws:s3:::{}/{key}", bucket.name()),
            None => format!("arn:aws:s3:::{}", bucket.name()),
        };
        let question = Question { who: &self.who, action, resource: &resource, context: &self.context };
        let verdict = bucket.policy().map_or(Verdict::Silent, |policy| policy.verdict(&question));
        self.decide(verdict, action)
    }

    fn may_in_account(&self, action: &str) -> bool {
        self.decide(Verdict::Silent, action)
    }

    fn decide(&self, verdict: Verdict, action: &str) -> bool {
        match self.who {
            // Whoever locked everybody out must be able to open again.
            Who::Owner { .. } => verdict != Verdict::Denied || actions::is_about_the_policy(action),
            Who::User { .. } => {
                verdict == Verdict::Allowed || verdict == Verdict::Silent && actions::is_reading(action)
            }
            Who::Anonymous | Who::Edge(_) => {
                verdict == Verdict::Allowed && !actions::is_for_the_account_alone(action)
            }
        }
    }
}
