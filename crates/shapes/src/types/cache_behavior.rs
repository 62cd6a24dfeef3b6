//! Cache behaviors: what happens to requests for a path.

use super::{ForwardedValues, TrustedKeyGroups, TrustedSigners};
use crate::{Counted, Shape, string_enum::string_enum};

/// What happens to requests that no path pattern matches; also the settings of a behavior with a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct DefaultCacheBehavior {
    /// Id of the origin or origin group that is asked.
    pub target_origin_id: String,
    /// Accounts whose signatures let viewers in (legacy).
    pub trusted_signers: Option<TrustedSigners>,
    /// Key groups whose signatures let viewers in.
    pub trusted_key_groups: Option<TrustedKeyGroups>,
    /// What happens to viewers that come over plain HTTP.
    pub viewer_protocol_policy: ViewerProtocolPolicy,
    /// Methods that are let through, and methods whose answers are cached.
    pub allowed_methods: Option<AllowedMethods>,
    /// Whether objects are Smooth Streaming media.
    pub smooth_streaming: Option<bool>,
    /// Whether objects are compressed for viewers that accept it.
    pub compress: Option<bool>,
    /// Lambda functions that run here.
    #[shape(item = "LambdaFunctionAssociation")]
    pub lambda_function_associations: Option<Counted<LambdaFunctionAssociation>>,
    /// CloudFront functions that run here.
    #[shape(item = "FunctionAssociation")]
    pub function_associations: Option<Counted<FunctionAssociation>>,
    /// The field-level encryption configuration; empty for none.
    pub field_level_encryption_id: Option<String>,
    /// The real-time log configuration.
    pub realtime_log_config_arn: Option<String>,
    /// The cache policy: cache key and TTLs.
    pub cache_policy_id: Option<String>,
    /// The origin request policy: what the origin gets to see.
    pub origin_request_policy_id: Option<String>,
    /// The response headers policy.
    pub response_headers_policy_id: Option<String>,
    /// Whether gRPC is let through.
    pub grpc_config: Option<GrpcConfig>,
    /// Cache key and forwarding without policies (legacy).
    pub forwarded_values: Option<ForwardedValues>,
    /// Least time in the cache, in seconds (legacy).
    #[shape(name = "MinTTL")]
    pub min_ttl: Option<i64>,
    /// Time in the cache when the origin does not say, in seconds (legacy).
    #[shape(name = "DefaultTTL")]
    pub default_ttl: Option<i64>,
    /// Most time in the cache, in seconds (legacy).
    #[shape(name = "MaxTTL")]
    pub max_ttl: Option<i64>,
}

/// What happens to requests that a path pattern matches.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CacheBehavior {
    /// The paths: `*` is any characters, `?` exactly one.
    pub path_pattern: String,
    /// Everything else, the same as for the default behavior.
    #[shape(flatten)]
    pub settings: DefaultCacheBehavior,
}

/// Methods that are let through.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct AllowedMethods {
    /// How many there are, according to the caller.
    pub quantity: i32,
    /// The methods.
    #[shape(item = "Method")]
    pub items: Vec<Method>,
    /// Those of them whose answers are cached.
    #[shape(item = "Method")]
    pub cached_methods: Option<Counted<Method>>,
}

/// A Lambda function that runs in a behavior.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct LambdaFunctionAssociation {
    /// The function, with its version.
    #[shape(name = "LambdaFunctionARN")]
    pub lambda_function_arn: String,
    /// When it runs.
    pub event_type: EventType,
    /// Whether it sees the request body.
    pub include_body: Option<bool>,
}

/// A CloudFront function that runs in a behavior.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct FunctionAssociation {
    /// The function.
    #[shape(name = "FunctionARN")]
    pub function_arn: String,
    /// When it runs.
    pub event_type: EventType,
}

/// Whether gRPC is let through.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct GrpcConfig {
    /// Whether it is.
    pub enabled: bool,
}

string_enum! {
    /// What happens to viewers that come over plain HTTP.
    ViewerProtocolPolicy {
        AllowAll = "allow-all",
        HttpsOnly = "https-only",
        RedirectToHttps = "redirect-to-https",
    }
}

string_enum! {
    /// A method of HTTP.
    Method {
        Get = "GET",
        Head = "HEAD",
        Post = "POST",
        Put = "PUT",
        Patch = "PATCH",
        Options = "OPTIONS",
        Delete = "DELETE",
    }
}

string_enum! {
    /// When a function runs.
    EventType {
        ViewerRequest = "viewer-request",
        ViewerResponse = "viewer-response",
        OriginRequest = "origin-request",
        OriginResponse = "origin-response",
    }
}
