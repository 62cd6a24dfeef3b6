//! Links between our pages lead somewhere: every relative link in a Markdown file names a file that exists.

use std::path::Path;

use super::Finding;
use crate::run::Failure;
use crate::workspace::{self, File};

/// All links that lead nowhere.
pub fn run() -> Result<Vec<Finding>, Failure> {
    Ok(workspace::files(".", &[".md"])?.iter().flat_map(broken).collect())
}

fn broken(file: &File) -> Vec<Finding> {
    let folder = workspace::root().join(&file.path);
    let folder = folder.parent().unwrap_or(Path::new("."));
    (1..)
        .zip(file.text.lines())
        .flat_map(|(number, line)| targets(line).map(move |target| (number, target)))
        .filter(|(_, target)| !folder.join(target).exists())
        .map(|(number, target)| format!("{}:{number}: the link to {target} leads nowhere", file.path))
        .collect()
}

/// Targets of the links in a line that are files of ours, without their anchors.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split_once(')')?.0;
        let file = target.split_once('#').map_or(target, |(file, _)| file);
        let is_ours = !file.is_empty() && !file.contains("://") && !file.contains(' ');
        is_ours.then_some(file)
    })
}

#[cfg(test)]
mod tests {
    use super::targets;

    #[test]
    fn only_files_of_ours_are_looked_for() {
        let line = "[a](docs/a.md#part), [b](https://example.com/b), [c](#here) and [d](../d.md)";
        assert_eq!(targets(line).collect::<Vec<_>>(), ["docs/a.md", "../d.md"]);
    }
}
