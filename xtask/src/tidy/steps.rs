//! The page about the life of a viewer request has every step: in its graph, and with a paragraph of its own
//! that names the file of the step.

use observe::Step;

use super::Finding;
use crate::run::Failure;
use crate::workspace;

const PAGE: &str = "docs/life-of-a-viewer-request.md";
const FOLDER: &str = "crates/edge/src/request";

/// What the page lacks, and steps without a file.
pub fn run() -> Result<Vec<Finding>, Failure> {
    let page = workspace::read(PAGE)?;
    let mut found = missing(&page);
    for step in Step::ALL {
        let file = file_of(step);
        if !workspace::root().join(&file).exists() {
            found.push(format!("{file}: the step {:?} has no file of its name", step.word()));
        }
    }
    Ok(found)
}

fn missing(page: &str) -> Vec<Finding> {
    let graph = page.split("```mermaid").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
    let mut found = Vec::new();
    for step in Step::ALL {
        let (name, word) = (format!("{step:?}"), step.word());
        if !nodes(graph).any(|node| node == name) {
            found.push(format!("{PAGE}: the graph lacks {name}"));
        }
        let section =
            page.split("\n## ").find(|section| section.starts_with(&format!("{name} (`{word}`)\n")));
        match section {
            None => found.push(format!("{PAGE}: no heading `## {name} (`{word}`)`")),
            Some(section) if !section.contains(&file_of(step)) => {
                found.push(format!("{PAGE}: the section about {name} does not name {}", file_of(step)));
            }
            Some(_) => {}
        }
    }
    let known = |node: &str| Step::ALL.iter().any(|step| format!("{step:?}") == node);
    found.extend(
        nodes(graph)
            .filter(|node| !known(node))
            .map(|node| format!("{PAGE}: {node} in the graph is no step")),
    );
    found
}

/// The nodes of a graph that is written as `A -- "label" --> B` or `A --> B --> C`.
fn nodes(graph: &str) -> impl Iterator<Item = &str> {
    graph
        .lines()
        .filter(|line| line.contains("-->"))
        .flat_map(|line| line.split("-->").map(|part| part.split(" --").next().unwrap_or_default().trim()))
}

fn file_of(step: Step) -> String {
    format!("{FOLDER}/{}.rs", step.word().replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::{missing, nodes};

    #[test]
    fn nodes_are_read_with_and_without_labels() {
        let graph = "graph LR\n  Receive --> Route\n  Lookup -- \"a hit\" --> Deliver\n";
        assert_eq!(nodes(graph).collect::<Vec<_>>(), ["Receive", "Route", "Lookup", "Deliver"]);
    }

    #[test]
    fn a_step_without_paragraph_and_a_node_that_is_no_step_are_found() {
        let page = "# Life\n```mermaid\ngraph LR\n  Receive --> Nowhere\n```\n";
        let found = missing(page);
        assert!(found.iter().any(|finding| finding.contains("Nowhere in the graph is no step")));
        assert!(found.iter().any(|finding| finding.contains("no heading `## ErrorPage")));
        assert!(!found.iter().any(|finding| finding.contains("graph lacks Receive")));
    }
}
