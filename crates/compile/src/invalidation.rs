//! Invalidation batches: which paths can be invalidated (K.1).

use rules::invalidation::{InvalidPath, InvalidationPath};
use rules::limits::MAX_INVALIDATION_PATH_BYTES;
use shapes::InvalidationBatch;

use crate::problems::{INVALID_ARGUMENT, Problems, Report, Stage};
use crate::values;

/// Most paths without a wildcard that may be in progress at once for a distribution (K14).
pub const MAX_PLAIN_PATHS: usize = 3_000;
/// Most paths with a wildcard that may be in progress at once for a distribution (K14).
pub const MAX_WILDCARD_PATHS: usize = 15;

/// Checks a batch and gives its paths, in the caller's order.
///
/// # Errors
/// Everything that is wrong with it. How much is in progress already is for the caller to check.
pub fn invalidation_batch(batch: &InvalidationBatch) -> Result<Vec<InvalidationPath>, Problems> {
    let mut report = Report::default();
    values::check(&mut report, batch);
    report.require(
        !batch.caller_reference.is_empty(),
        Stage::Required,
        INVALID_ARGUMENT,
        "CallerReference",
        || "CallerReference is empty. Accepted: a text that no other invalidation has.".into(),
    );
    report.require(!batch.paths.is_empty(), Stage::Required, INVALID_ARGUMENT, "Paths.Items", || {
        "Paths.Items is empty. Accepted: at least one path.".into()
    });
    let mut paths = Vec::with_capacity(batch.paths.len());
    for (index, text) in batch.paths.iter().enumerate() {
        paths.extend(path(&mut report, &format!("Paths.Items[{index}]"), text));
    }
    check_size(&mut report, &paths);
    if report.is_clean() { Ok(paths) } else { Err(report.finish()) }
}

fn path(report: &mut Report, path: &str, text: &str) -> Option<InvalidationPath> {
    let message = match InvalidationPath::parse(text) {
        // The API takes a wildcard only where it is one.
        Ok(parsed) if !text.get(..text.len() - 1).is_some_and(|start| start.contains('*')) => {
            return Some(parsed);
        }
        Ok(_) | Err(InvalidPath::NoLeadingSlash | InvalidPath::NotEncoded) => {
            "Your request contains one or more invalid invalidation paths.".to_owned()
        }
        Err(InvalidPath::TooLong) => {
            format!("{path} has {} bytes. Accepted: at most {MAX_INVALIDATION_PATH_BYTES}.", text.len())
        }
    };
    report.add(Stage::Field, INVALID_ARGUMENT, path, message);
    None
}

fn check_size(report: &mut Report, paths: &[InvalidationPath]) {
    let wildcards = paths.iter().filter(|path| matches!(path, InvalidationPath::Prefix(_))).count();
    report.limit("BatchTooLarge", "Paths", paths.len() - wildcards, MAX_PLAIN_PATHS);
    report.require(wildcards <= MAX_WILDCARD_PATHS, Stage::Limit, "BatchTooLarge", "Paths", || {
        format!("Paths has {wildcards} paths with a wildcard. Accepted: at most {MAX_WILDCARD_PATHS}.")
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(paths: &[String]) -> Result<usize, (&'static str, String)> {
        let batch =
            InvalidationBatch { paths: paths.iter().cloned().collect(), caller_reference: "one".into() };
        match invalidation_batch(&batch) {
            Ok(parsed) => Ok(parsed.len()),
            Err(problems) => Err((problems.0[0].code, problems.0[0].path.clone())),
        }
    }

    fn one(path: &str) -> Result<usize, (&'static str, String)> {
        first(&[path.to_owned()])
    }

    #[test]
    fn plain_and_wildcard_paths_pass() {
        let paths = ["/*", "/a.jpg?x=1", "/images/*", "/caf%C3%A9", "/~user/", "/"].map(str::to_owned);
        assert_eq!(first(&paths), Ok(6));
    }

    #[test]
    fn a_path_must_begin_with_a_slash_be_encoded_and_end_with_its_wildcard() {
        for wrong in ["a.jpg", "", "*", "/a*b", "/*.jpg", "/a b", "/caf\u{e9}"] {
            assert_eq!(one(wrong), Err(("InvalidArgument", "Paths.Items[0]".into())), "{wrong:?}");
        }
        assert_eq!(one(&format!("/{}", "a".repeat(4_000))).map_err(|error| error.0), Err("InvalidArgument"));
    }

    #[test]
    fn a_batch_has_at_least_one_path_and_at_most_what_may_be_in_progress() {
        assert_eq!(first(&[]), Err(("InvalidArgument", "Paths.Items".into())));
        let plain: Vec<_> = (0..=MAX_PLAIN_PATHS).map(|number| format!("/{number}")).collect();
        assert_eq!(first(&plain[..MAX_PLAIN_PATHS]), Ok(MAX_PLAIN_PATHS));
        assert_eq!(first(&plain), Err(("BatchTooLarge", "Paths".into())));
        let wildcards: Vec<_> = (0..=MAX_WILDCARD_PATHS).map(|number| format!("/{number}/*")).collect();
        assert_eq!(first(&wildcards), Err(("BatchTooLarge", "Paths".into())));
    }

    #[test]
    fn the_quantity_must_be_that_of_the_paths() {
        let mut batch = InvalidationBatch { caller_reference: "one".into(), ..InvalidationBatch::default() };
        batch.paths = vec!["/a".to_owned()].into();
        batch.paths.quantity = 2;
        let problems = invalidation_batch(&batch).map(|_| ()).unwrap_err();
        assert_eq!(problems.0[0].code, "InconsistentQuantities");
    }
}
