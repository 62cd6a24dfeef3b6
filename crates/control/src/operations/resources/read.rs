//! Reading resources. Nothing here changes anything.

use store::Document;

use super::{Resource, load, managed, shown};
use crate::api::Api;
use crate::error::ApiError;
use crate::http::{Listing, PageRequest, Reply};
use crate::operations::Call;
use crate::records::{Record, keys};

/// `Get...`
pub(crate) async fn read<R: Resource>(call: &Call<'_>) -> Result<Reply, ApiError> {
    Ok(shown(call, load_any::<R>(call).await?))
}

/// `Get...Config`
pub(crate) async fn read_config<R: Resource>(call: &Call<'_>) -> Result<Reply, ApiError> {
    let record = load_any::<R>(call).await?;
    Ok(call.reply(&record.config).etag(&record.etag))
}

/// `List...`, in the order of the ids; what is managed comes first
pub(crate) async fn list<R: Resource>(call: &Call<'_>) -> Result<Reply, ApiError> {
    let asked = PageRequest::of(&call.request)?;
    let page = match origin(call)? {
        Origin::Any => mixed::<R>(call.api, asked).await?,
        Origin::Managed => of_managed(managed::all(), asked),
        Origin::Custom => custom(call.api, asked).await?,
    };
    let page = page.filter_map(|record| Some(R::summary(record)));
    Ok(call.reply(&R::list(page)))
}

async fn load_any<R: Resource>(call: &Call<'_>) -> Result<Record<R>, ApiError> {
    match managed::find(call.label("Id")) {
        Some(record) => Ok(record),
        None => load(call).await,
    }
}

/// Which resources a list is to have, by `Type`.
#[derive(Clone, Copy)]
enum Origin {
    Any,
    Managed,
    Custom,
}

fn origin(call: &Call<'_>) -> Result<Origin, ApiError> {
    if !call.operation().row().query.contains(&"Type") {
        return Ok(Origin::Any);
    }
    match call.request.query("Type").unwrap_or_default() {
        "" => Ok(Origin::Any),
        "managed" => Ok(Origin::Managed),
        "custom" => Ok(Origin::Custom),
        _ => {
            Err(ApiError::invalid("The parameter Type is not accepted. Accepted: managed or custom.")
                .at("Type"))
        }
    }
}

async fn mixed<R: Resource>(api: &Api, asked: PageRequest) -> Result<Listing<Record<R>>, ApiError> {
    let managed = managed::all::<R>();
    let is_within = asked.marker.is_empty() || managed.iter().any(|record| record.id == asked.marker);
    if !is_within || managed.is_empty() {
        return custom(api, asked).await;
    }
    let mut page = of_managed(managed, asked);
    if page.next_marker.is_some() {
        return Ok(page);
    }
    // One entry more than fits tells whether the list goes on.
    let room = page.asked.max_items - page.quantity();
    let rest = PageRequest { marker: String::new(), max_items: room.max(1) };
    let rest = custom::<R>(api, rest).await?;
    if room > 0 {
        page.items.extend(rest.items);
        page.next_marker = rest.next_marker;
    } else if !rest.items.is_empty() {
        page.next_marker = page.items.last().map(|last| last.id.clone());
    }
    Ok(page)
}

/// A page of what is managed.
fn of_managed<R>(all: Vec<Record<R>>, asked: PageRequest) -> Listing<Record<R>> {
    let mut rest: Vec<_> = all.into_iter().filter(|record| record.id > asked.marker).collect();
    let is_truncated = rest.len() > asked.limit();
    rest.truncate(asked.limit());
    let next_marker = rest.last().filter(|_| is_truncated).map(|last| last.id.clone());
    Listing { asked, items: rest, next_marker }
}

async fn custom<R: Resource>(api: &Api, asked: PageRequest) -> Result<Listing<Record<R>>, ApiError> {
    let page = asked.read(&*api.store, &keys::resources(R::RESOURCE)).await?;
    Ok(page.filter_map(|document| decoded(&document)))
}

/// A record that is damaged is left out, so that the others can still be listed.
fn decoded<R: Resource>(document: &Document) -> Option<Record<R>> {
    let record = Record::decode(document);
    record.inspect_err(|error| tracing::error!(?error, "left out of a list")).ok()
}
