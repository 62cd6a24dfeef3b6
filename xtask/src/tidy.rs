//! The house rules that no compiler knows: words, rooms, licences, links and the pages about steps.
//!
//! Each rule is a function that returns what it found; all are run and everything found is shown at once.

mod links;
mod rooms;
mod steps;
mod words;

use crate::licence;
use crate::run::Failure;
use crate::workspace;

/// One thing that is not as the house rules want it, as `place: what`.
pub type Finding = String;

/// Runs every rule.
///
/// # Errors
/// When a rule found something, or cannot read what it needs.
pub fn run() -> Result<(), Failure> {
    println!("\n== house rules");
    let metadata = workspace::metadata()?;
    let found: Vec<Finding> =
        [words::run()?, rooms::run(&metadata)?, licences(&metadata), links::run()?, steps::run()?].concat();
    for finding in &found {
        println!("{finding}");
    }
    match found.len() {
        0 => Ok(()),
        count => Err(Failure(format!("{count} findings against the house rules"))),
    }
}

fn licences(metadata: &serde_json::Value) -> Vec<Finding> {
    workspace::packages(metadata)
        .filter_map(|package| {
            let expression = package["license"].as_str().unwrap_or_default();
            let name = package["name"].as_str().unwrap_or("a package without a name");
            (!licence::is_allowed(expression)).then(|| {
                format!(
                    "{name}: its licence {expression:?} is not among those that docs/dependencies.md allows"
                )
            })
        })
        .collect()
}
