//! Starts other programs and says what went wrong with them.

use std::ffi::OsStr;
use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::workspace;

/// Why a task failed, in words for the person who started it.
#[derive(Debug)]
pub struct Failure(pub String);

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// A command that runs in the root of the repository.
pub fn command(program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(workspace::root());
    command
}

/// The cargo that runs this task.
pub fn cargo(arguments: &[&str]) -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), arguments)
}

/// Runs a command and shows what it prints.
///
/// # Errors
/// When it cannot be started, or ends with anything but success.
pub fn run(mut command: Command) -> Result<(), Failure> {
    announce(&command);
    let status = command.status().map_err(|error| cannot_start(&command, &error))?;
    if status.success() { Ok(()) } else { Err(Failure(format!("{} failed", line(&command)))) }
}

/// Runs a command, shows each line that it prints to its output, and hands it to `look` too. Answers whether
/// the command succeeded.
///
/// # Errors
/// When it cannot be started.
pub fn watch(mut command: Command, mut look: impl FnMut(&str)) -> Result<bool, Failure> {
    announce(&command);
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| cannot_start(&command, &error))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line?;
            let text = String::from_utf8_lossy(&line);
            println!("{text}");
            look(&text);
        }
    }
    Ok(child.wait()?.success())
}

/// What a command prints to its output.
///
/// # Errors
/// When it cannot be started, or ends with anything but success.
pub fn output(mut command: Command) -> Result<String, Failure> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| cannot_start(&command, &error))?;
    if !output.status.success() {
        return Err(Failure(format!("{} failed", line(&command))));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program is there and ends well, without a word.
pub fn works(mut command: Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Makes Debian packages present, when this is root on Debian and `missing` names any.
///
/// # Errors
/// When they are missing and cannot be installed; the text says what to install.
pub fn install(missing: &[&str]) -> Result<(), Failure> {
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    let is_root = output(command("id", &["-u"])).is_ok_and(|id| id.trim() == "0");
    if !is_root || !Path::new("/etc/debian_version").exists() {
        return Err(Failure(format!("these are missing: {packages} (Debian: apt-get install {packages})")));
    }
    run(command("apt-get", &["update", "-q"]))?;
    let mut install = command("apt-get", &["install", "-y", "-q", "--no-install-recommends"]);
    install.args(missing).env("DEBIAN_FRONTEND", "noninteractive");
    run(install)
}

/// Debian packages of Node.js and npm that are not there.
pub fn missing_node() -> Vec<&'static str> {
    [("node", "nodejs"), ("npm", "npm")]
        .into_iter()
        .filter(|(program, _)| !works(command(program, &["--version"])))
        .map(|(_, package)| package)
        .collect()
}

fn announce(command: &Command) {
    println!("\n== {}", line(command));
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    let program = words.first().and_then(|program| program.rsplit('/').next()).unwrap_or_default();
    std::iter::once(program).chain(words.iter().skip(1).map(AsRef::as_ref)).collect::<Vec<_>>().join(" ")
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Failure {
    Failure(format!("{} cannot be started: {error}", line(command)))
}
