//! What can be judged from the document alone: words that CloudFront does not know and counts that lie.

use shapes::{Content, FindingKind, inspect};

use crate::problems::{INVALID_ARGUMENT, Quoted, Report, Stage};

/// Reports every unknown word and every inconsistent `Quantity` of a document.
pub(crate) fn check<T: Content>(report: &mut Report, document: &T) {
    for finding in inspect(document) {
        let path = finding.path;
        match finding.kind {
            FindingKind::InconsistentQuantity { quantity, items } => {
                let message = format!(
                    "{path} has Quantity {quantity}, but Items has {items}. Accepted: Quantity {items}, the number \
                     of Items."
                );
                report.add(Stage::Quantity, "InconsistentQuantities", path, message);
            }
            FindingKind::UnknownValue { value, known } => {
                let message = format!("{path} is {}. Accepted: {}.", Quoted(&value), known.join(", "));
                report.add(Stage::Value, code_of_unknown_word(&path), path, message);
            }
        }
    }
}

/// Some members have a code of their own for words outside their list.
fn code_of_unknown_word(path: &str) -> &'static str {
    let has_own = [
        ("MinimumProtocolVersion", "InvalidMinimumProtocolVersion"),
        ("RestrictionType", "InvalidGeoRestrictionParameter"),
        ("Cookies.Forward", "InvalidForwardCookies"),
    ];
    if path.contains(".LambdaFunctionAssociations.") {
        return "InvalidLambdaFunctionAssociation";
    }
    if path.contains(".FunctionAssociations.") {
        return "InvalidFunctionAssociation";
    }
    has_own.iter().find(|(member, _)| path.ends_with(member)).map_or(INVALID_ARGUMENT, |(_, code)| code)
}
