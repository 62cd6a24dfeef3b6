//! HTTP around the operations: reading a request within its limits, writing an answer, paging.

mod body;
mod form;
mod page;
mod reply;

pub(crate) use body::read;
pub(crate) use form::Form;
pub(crate) use page::{Listing, PageRequest, list_of, policy_list_of};
pub(crate) use reply::{Reply, refusal};
