//! Request documents: bytes to a shape, with the fault named the way a caller can act on it.

use compile::{Problem, Problems};
use shapes::{ErrorCode, Kind, Member, NAMESPACE, ReadError, ReadErrorKind, Shape};

use crate::error::ApiError;
use crate::http::Form;

/// Reads the document that an operation takes. The codes are the same for both forms.
pub(crate) fn read<T: Shape>(form: Form, body: &[u8]) -> Result<T, ApiError> {
    if body.trim_ascii().is_empty() {
        let text = format!("{} is missing: this operation requires a body. Accepted: the document.", T::NAME);
        return Err(ApiError::new(ErrorCode::MissingBody, text).at(T::NAME));
    }
    form.read(body).map_err(|error| refused::<T>(form, &error))
}

/// A document that is not one of CloudFront's is malformed; a value that is absent or of the wrong kind is an argument.
fn refused<T: Shape>(form: Form, error: &ReadError) -> ApiError {
    let code = match error.kind {
        ReadErrorKind::Duplicate
        | ReadErrorKind::Malformed(_)
        | ReadErrorKind::UnknownElement
        | ReadErrorKind::WrongNamespace(_)
        | ReadErrorKind::WrongRoot { .. } => ErrorCode::MalformedXML,
        ReadErrorKind::InvalidValue { .. } | ReadErrorKind::MissingMember => ErrorCode::InvalidArgument,
    };
    let (path, place) = match error.path.as_str() {
        "" => (T::NAME, format!("{}: ", T::NAME)),
        path => (path, String::new()),
    };
    let explanation = format!("{place}{error}. {}", accepted::<T>(form, error));
    let message = match error.kind {
        ReadErrorKind::MissingMember => missing(T::NAME, &error.path),
        _ => explanation.clone(),
    };
    Problems(vec![Problem { code: code.as_str(), path: path.to_owned(), message, explanation }]).into()
}

/// CloudFront's words for a required member that is absent.
fn missing(root: &str, path: &str) -> String {
    let mut place = lower_first(root);
    for segment in path.split('.') {
        let (name, entry) = segment.split_once('[').unwrap_or((segment, ""));
        place.push('.');
        place.push_str(&lower_first(name));
        if let Some(index) = entry.strip_suffix(']').and_then(|index| index.parse::<usize>().ok()) {
            place.push_str(&format!(".{}.member", index + 1));
        }
    }
    format!(
        "1 validation error detected: Value null at '{place}' failed to satisfy constraint: Member must not be null"
    )
}

fn lower_first(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(characters).collect()
}

/// What would be accepted instead, as a sentence.
fn accepted<T: Shape>(form: Form, error: &ReadError) -> String {
    match &error.kind {
        ReadErrorKind::Malformed(_) => match form {
            Form::Xml => format!(
                "Accepted: one well-formed {} document in UTF-8, without a document type declaration.",
                T::NAME
            ),
            Form::Json => format!("Accepted: one JSON object in UTF-8, with the members of {}.", T::NAME),
        },
        ReadErrorKind::WrongRoot { expected, .. } => format!("Accepted: {expected}."),
        ReadErrorKind::WrongNamespace(_) => format!("Accepted: {NAMESPACE}, or none."),
        ReadErrorKind::UnknownElement => match names_at(T::MEMBERS, &error.path).as_slice() {
            [] => "Accepted there: no element.".into(),
            names => format!("Accepted there: {}.", names.join(", ")),
        },
        ReadErrorKind::MissingMember => "Accepted: a document that has it.".into(),
        ReadErrorKind::InvalidValue { expected, .. } => format!("Accepted: {expected}."),
        ReadErrorKind::Duplicate => "Accepted: the element once.".into(),
    }
}

/// The names that are accepted in the place of the element at `path`.
fn names_at(members: &'static [Member], path: &str) -> Vec<&'static str> {
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
        let error = read::<T>(Form::Xml, document.as_bytes()).unwrap_err();
        (error.code, error.message)
    }

    #[test]
    fn no_body_is_missing_and_names_the_document() {
        let (code, message) = fault::<InvalidationBatch>(" \n");
        assert_eq!(code, ErrorCode::MissingBody);
        assert!(message.contains("InvalidationBatch"), "{message}");
    }

    #[test]
    fn every_structural_fault_says_where_it_is_and_what_would_be_accepted() {
        let origin = |inner: &str| {
            format!("<Origins><Quantity>1</Quantity><Items><Origin>{inner}</Origin></Items></Origins>")
        };
        let whole = |inner: String| format!("<DistributionConfig>{inner}</DistributionConfig>");
        for (document, code, path, accepted) in [
            (String::new(), ErrorCode::MissingBody, "DistributionConfig", "the document"),
            ("<DistributionConfig>".into(), ErrorCode::MalformedXML, "DistributionConfig", "well-formed"),
            ("<Tags/>".into(), ErrorCode::MalformedXML, "DistributionConfig", "DistributionConfig"),
            (
                "<DistributionConfig xmlns=\"urn:x\"/>".into(),
                ErrorCode::MalformedXML,
                "DistributionConfig",
                "http://cloudfront.amazonaws.com/doc/2020-05-31/, or none",
            ),
            (whole("<Enabled><a/></Enabled>".into()), ErrorCode::MalformedXML, "Enabled.a", "no element"),
            (whole("<Comment/><Comment/>".into()), ErrorCode::MalformedXML, "Comment", "the element once"),
            (whole("<Enabled>yes</Enabled>".into()), ErrorCode::InvalidArgument, "Enabled", "true or false"),
            (whole("words".into()), ErrorCode::InvalidArgument, "DistributionConfig", "an element"),
            (
                whole("<Origins><Quantity>one</Quantity></Origins>".into()),
                ErrorCode::InvalidArgument,
                "Origins.Quantity",
                "an integer",
            ),
            (
                whole(origin("<Id>a</Id>")),
                ErrorCode::InvalidArgument,
                "Origins.Items[0].DomainName",
                "has it",
            ),
        ] {
            let error = read::<DistributionConfig>(Form::Xml, document.as_bytes()).unwrap_err();
            let problems = error.problems.unwrap();
            let problem = problems.first().unwrap();
            assert_eq!((error.code, problem.path.as_str()), (code, path), "{document}: {problem}");
            let says = problem.explanation.split_once("Accepted").map_or("", |(_, accepted)| accepted);
            assert!(
                problem.explanation.starts_with(path) && says.contains(accepted),
                "{document}: {problem}"
            );
        }
    }

    #[test]
    fn a_missing_member_is_told_in_the_words_of_cloudfront() {
        let document = "<DistributionConfig><Origins><Quantity>1</Quantity><Items><Origin><Id>a</Id></Origin></Items>\
                        </Origins></DistributionConfig>";
        let (code, message) = fault::<DistributionConfig>(document);
        assert_eq!(code, ErrorCode::InvalidArgument);
        assert_eq!(
            message,
            "1 validation error detected: Value null at 'distributionConfig.origins.items.1.member.domainName' failed \
             to satisfy constraint: Member must not be null"
        );
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
