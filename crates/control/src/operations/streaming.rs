//! Streaming distributions, which CloudFront does not have any more. Tools that look for a name look among them too.

use shapes::StreamingDistributionList;

use super::Call;
use crate::error::ApiError;
use crate::http::{PageRequest, Reply};

/// `ListStreamingDistributions`: there are none
#[expect(clippy::unused_async, reason = "operations are called alike")]
pub(crate) async fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let PageRequest { marker, max_items } = PageRequest::of(&call.request)?;
    let none = StreamingDistributionList { marker, max_items, is_truncated: false, quantity: 0 };
    Ok(call.reply(&none))
}
