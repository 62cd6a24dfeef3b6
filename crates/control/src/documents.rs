//! Request documents: bytes to a shape, with the fault named the way a caller can act on it.

use shapes::{ErrorCode, Kind, Member, ReadError, ReadErrorKind, Shape, xml};

use crate::error::ApiError;

/// Reads the document that an operation takes.
pub(crate) fn read<T: Shape>(body: &[u8]) -> Result<T, ApiError> {
    if body.trim_ascii().is_empty() {
        let text = format!("This operation requires a body. Accepted: a {} document.", T::NAME);
        return Err(ApiError::new(ErrorCode::MissingBody, text));
    }
    xml::read(body).map_err(|error| refused(&error, T::MEMBERS))
}

/// A document that is not one of CloudFront's is malformed; a value that is absent or of the wrong kind is an argument.
fn refused(error: &ReadError, members: &'static [Member]) -> ApiError {
    let code = match error.kind {
        ReadErrorKind::Duplicate
        | ReadErrorKind::Malformed(_)
        | ReadErrorKind::UnknownElement
        | ReadErrorKind::WrongNamespace(_)
        | ReadErrorKind::WrongRoot { .. } => ErrorCode::MalformedXML,
        ReadErrorKind::InvalidValue { .. } | ReadErrorKind::MissingMember => ErrorCode::InvalidArgument,
    };
    let accepted = match error.kind {
        ReadErrorKind::UnknownElement => accepted(members, &error.path),
        _ => Vec::new(),
    };
    let message = match accepted.as_slice() {
        [] => format!("{error}."),
        names => format!("{error}. Accepted there: {}.", names.join(", ")),
    };
    ApiError::new(code, message)
}

/// The names that are accepted in the place of the element at `path`.
fn accepted(members: &'static [Member], path: &str) -> Vec<&'static str> {
    let mut here = Place::Members(members);
    let Some((parents, _)) = path.rsplit_once('.') else { return here.names() };
    for segment in parents.split('.') {
        match here.enter(segment) {
            Some(place) => here = place,
            None => return Vec::new(),
        }
    }
    here.names()
}

/// Where the walk along a path is.
#[derive(Clone, Copy)]
enum Place {
    Members(&'static [Member]),
    Counted(&'static Kind, Option<&'static str>),
    Entries(&'static Kind, Option<&'static str>),
    Value,
}

// === impl Place ===

impl Place {
    fn of(kind: &Kind, item: Option<&'static str>) -> Self {
        match kind {
            Kind::Structure { members, .. } => Self::Members(members),
            Kind::Counted(entry) => Self::Counted(entry, item),
            Kind::Entries(entry) => Self::Entries(entry, item),
            _ => Self::Value,
        }
    }

    fn enter(self, segment: &str) -> Option<Self> {
        let (name, is_entry) = match segment.split_once('[') {
            Some((name, _)) => (name, true),
            None => (segment, false),
        };
        let below = match self {
            Self::Members(members) => member(members, name)?,
            Self::Counted(entry, item) if name == "Items" => Self::Entries(entry, item),
            Self::Counted(..) | Self::Entries(..) | Self::Value => return None,
        };
        match below {
            Self::Entries(entry, _) if is_entry => Some(Self::of(entry, None)),
            place => Some(place),
        }
    }

    fn names(self) -> Vec<&'static str> {
        match self {
            Self::Members(members) => names(members),
            Self::Counted(..) => vec!["Quantity", "Items"],
            Self::Entries(_, item) => item.into_iter().collect(),
            Self::Value => Vec::new(),
        }
    }
}

/// A member by name; those of a structure without a name of its own stand among the others.
fn member(members: &'static [Member], name: &str) -> Option<Place> {
    members.iter().find_map(|member_| match (member_.name, member_.kind) {
        ("", Kind::Structure { members, .. }) => member(members, name),
        (other, kind) => (other == name).then(|| Place::of(&kind, member_.item)),
    })
}

fn names(members: &'static [Member]) -> Vec<&'static str> {
    let names_of = |member: &'static Member| match (member.name, member.kind) {
        ("", Kind::Structure { members, .. }) => names(members),
        (name, _) => vec![name],
    };
    members.iter().flat_map(names_of).collect()
}

#[cfg(test)]
mod tests {
    use shapes::{DistributionConfig, InvalidationBatch, Tags};

    use super::*;

    fn fault<T: Shape + std::fmt::Debug>(document: &str) -> (ErrorCode, String) {
        let error = read::<T>(document.as_bytes()).unwrap_err();
        (error.code, error.message)
    }

    #[test]
    fn no_body_is_missing_and_names_the_document() {
        let (code, message) = fault::<InvalidationBatch>(" \n");
        assert_eq!(code, ErrorCode::MissingBody);
        assert!(message.contains("InvalidationBatch"), "{message}");
    }

    #[test]
    fn an_unknown_element_is_named_with_what_is_accepted_in_its_place() {
        for (document, expected) in [
            ("<Surprise/>", "CallerReference, Aliases"),
            ("<Origins><Quantity>1</Quantity><Surprise/></Origins>", "Quantity, Items"),
            ("<Origins><Items><Surprise/></Items></Origins>", "Accepted there: Origin."),
            ("<Origins><Items><Origin><Surprise/></Origin></Items></Origins>", "Id, DomainName"),
            ("<DefaultCacheBehavior><Surprise/></DefaultCacheBehavior>", "TargetOriginId"),
        ] {
            let whole = format!("<DistributionConfig>{document}</DistributionConfig>");
            let (code, message) = fault::<DistributionConfig>(&whole);
            assert_eq!(code, ErrorCode::MalformedXML);
            assert!(message.contains("Surprise") && message.contains(expected), "{document}: {message}");
        }
        let (_, message) = fault::<Tags>("<Tags><Items><Tag><Surprise/></Tag></Items></Tags>");
        assert!(message.contains("Key, Value"), "{message}");
    }
}
