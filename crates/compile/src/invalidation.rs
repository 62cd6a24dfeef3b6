//! Invalidation batches: which paths can be invalidated (K.1).

use rules::invalidation::{InvalidPath, InvalidationPath};
use rules::limits::MAX_INVALIDATION_PATH_BYTES;
use shapes::InvalidationBatch;

use crate::problems::{INVALID_ARGUMENT, Problems, Quoted, Report, Stage};
use crate::quotas::Quotas;
use crate::values;

/// Checks a batch and gives its paths, in the caller's order.
///
/// # Errors
/// Everything that is wrong with it. How much is in progress already is for the caller to check.
pub fn invalidation_batch(
    batch: &InvalidationBatch,
    quotas: &Quotas,
) -> Result<Vec<InvalidationPath>, Problems> {
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
    check_size(&mut report, batch, quotas);
    if report.is_clean() { Ok(paths) } else { Err(report.finish()) }
}

fn path(report: &mut Report, path: &str, text: &str) -> Option<InvalidationPath> {
    const WORDS: &str = "Your request contains one or more invalid invalidation paths.";
    let accepted = match InvalidationPath::parse(text) {
        // The API takes a wildcard only where it is one.
        Ok(parsed) if !text.get(..text.len() - 1).is_some_and(|start| start.contains('*')) => {
            return Some(parsed);
        }
        Ok(_) => "a * only as the last character".to_owned(),
        Err(InvalidPath::NoLeadingSlash) => "a path that begins with /".to_owned(),
        Err(InvalidPath::NotEncoded) => {
            "a path with unsafe and non-ASCII characters percent-encoded".to_owned()
        }
        Err(InvalidPath::TooLong) => format!("at most {MAX_INVALIDATION_PATH_BYTES} characters"),
    };
    let explanation = format!("{path} is {}. Accepted: {accepted}.", Quoted(text));
    report.add_known(Stage::Field, INVALID_ARGUMENT, path, WORDS, explanation);
    None
}

fn check_size(report: &mut Report, batch: &InvalidationBatch, quotas: &Quotas) {
    let wildcards = batch.paths.iter().filter(|path| path.ends_with('*')).count();
    report.limit("BatchTooLarge", "Paths", batch.paths.len() - wildcards, quotas.max_invalidation_paths);
    let most = quotas.max_invalidation_wildcards;
    report.require(wildcards <= most, Stage::Limit, "BatchTooLarge", "Paths", || {
        format!("Paths has {wildcards} paths with a wildcard. Accepted: at most {most}.")
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(paths: &[String]) -> Result<usize, (&'static str, String)> {
        let batch =
            InvalidationBatch { paths: paths.iter().cloned().collect(), caller_reference: "one".into() };
        match invalidation_batch(&batch, &Quotas::default()) {
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
        let plain: Vec<_> = (0..=3_000).map(|number| format!("/{number}")).collect();
        assert_eq!(first(&plain[..3_000]), Ok(3_000));
        assert_eq!(first(&plain), Err(("BatchTooLarge", "Paths".into())));
        let wildcards: Vec<_> = (0..=15).map(|number| format!("/{number}/*")).collect();
        assert_eq!(first(&wildcards), Err(("BatchTooLarge", "Paths".into())));
    }

    #[test]
    fn the_quantity_must_be_that_of_the_paths() {
        let mut batch = InvalidationBatch { caller_reference: "one".into(), ..InvalidationBatch::default() };
        batch.paths = vec!["/a".to_owned()].into();
        batch.paths.quantity = 2;
        let problems = invalidation_batch(&batch, &Quotas::default()).map(|_| ()).unwrap_err();
        assert_eq!(problems.0[0].code, "InconsistentQuantities");
    }
}
