//! What the edge understands and no document can say yet, put into the compiled distribution: a response headers
//! policy of one's own, and a default root object that cannot be used.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use rules::model::{CacheBehavior, DefaultRootObject, Distribution, ResponseHeadersPolicy, SetHeader};

use crate::script::{BehaviorLines, DistributionLines};

/// Adds what `lines` say beyond the document that they were compiled from.
///
/// # Errors
/// A header that is none, in words.
pub fn add(lines: &DistributionLines, distribution: &mut Distribution) -> Result<(), String> {
    if lines.unusable_root_object {
        distribution.default_root_object = DefaultRootObject::Invalid;
    }
    for (behavior, lines) in distribution.behaviors.listed.iter_mut().zip(&lines.behaviors) {
        add_policy(lines, behavior)?;
    }
    add_policy(&lines.default, &mut distribution.behaviors.default)
}

fn add_policy(lines: &BehaviorLines, behavior: &mut CacheBehavior) -> Result<(), String> {
    if lines.adds.is_empty() && lines.removes.is_empty() {
        return Ok(());
    }
    let set = lines.adds.iter().map(|(name, value)| {
        let value = HeaderValue::from_str(value).map_err(|error| format!("{name}: {value}: {error}"))?;
        Ok(SetHeader { name: header_name(name)?, value, override_origin: true })
    });
    behavior.response_headers = Some(Arc::new(ResponseHeadersPolicy {
        id: "script".into(),
        remove: lines.removes.iter().map(|name| header_name(name)).collect::<Result<_, _>>()?,
        cors: None,
        set: set.collect::<Result<_, String>>()?,
        server_timing: None,
    }));
    Ok(())
}

fn header_name(name: &str) -> Result<HeaderName, String> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|error| format!("{name}: {error}"))
}
