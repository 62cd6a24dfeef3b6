//! The demo's distribution: created by the first start, found and pointed at the new ports by every later one.

use http::Method;
use shapes::{Distribution, DistributionConfig, DistributionList, Shape, xml};

use super::api::{Answer, Caller};
use super::{ALIAS, Ports};
use crate::error::Failure;

/// The document, with names in braces for what differs from start to start.
const TEMPLATE: &str = include_str!("distribution.xml");

/// Creates or updates the distribution; answers its id.
pub async fn set_up(caller: &Caller, ports: Ports) -> Result<String, Failure> {
    let wanted = document(ports)?;
    let Some(id) = find(caller).await? else {
        let answer = caller.call(Method::POST, "distribution", None, xml::write(&wanted)).await?;
        return Ok(read::<Distribution>(&answer)?.id);
    };
    let path = format!("distribution/{id}/config");
    let stored = caller.call(Method::GET, &path, None, String::new()).await?;
    if read::<DistributionConfig>(&stored)? != wanted {
        caller.call(Method::PUT, &path, stored.etag.as_deref(), xml::write(&wanted)).await?;
    }
    Ok(id)
}

/// The id of the distribution that has the demo's domain name.
async fn find(caller: &Caller) -> Result<Option<String>, Failure> {
    let mut path = "distribution".to_owned();
    loop {
        let answer = caller.call(Method::GET, &path, None, String::new()).await?;
        let list: DistributionList = read(&answer)?;
        let ours = list.items.iter().find(|summary| summary.aliases.iter().any(|alias| alias == ALIAS));
        match (ours, list.next_marker) {
            (Some(summary), _) => return Ok(Some(summary.id.clone())),
            (None, Some(marker)) if list.is_truncated => path = format!("distribution?Marker={marker}"),
            (None, _) => return Ok(None),
        }
    }
}

/// The document for these ports, complete as an update must be.
fn document(ports: Ports) -> Result<DistributionConfig, Failure> {
    let text = TEMPLATE
        .replace("{alias}", ALIAS)
        .replace("{site}", &ports.site.to_string())
        .replace("{pages}", &ports.pages.to_string())
        .replace("{nobody}", &ports.nobody.to_string());
    let mut config: DistributionConfig =
        xml::read(text.as_bytes()).map_err(|error| Failure::Demo(format!("distribution.xml: {error}")))?;
    compile::defaults(&mut config);
    compile::normalize(&mut config);
    Ok(config)
}

fn read<T: Shape>(answer: &Answer) -> Result<T, Failure> {
    xml::read(&answer.body).map_err(|error| Failure::Demo(format!("an answer cannot be read: {error}")))
}
