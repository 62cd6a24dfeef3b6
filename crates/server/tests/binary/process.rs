//! A running `warmfront`.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Longest that anything here may take.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// The key pair of the tests.
pub const ACCESS_KEY_ID: &str = "WFTESTTESTTESTTEST01";
pub const SECRET_ACCESS_KEY: &str = "tests-need-no-secret-that-is-worth-hiding";

/// A process that is ready. Dropping it kills it.
pub struct Server {
    child: Child,
    _output: BufReader<ChildStdout>,
    pub greeting: String,
    pub ready: String,
    pub api: SocketAddr,
    pub edge_http: SocketAddr,
    pub edge_https: SocketAddr,
}

impl Server {
    /// `warmfront serve` on free ports, with the key pair of the tests.
    pub fn start(data_dir: &Path, flags: &[&str]) -> Self {
        Self::spawn(
            command("serve", data_dir, flags)
                .env("WARMFRONT_ACCESS_KEY_ID", ACCESS_KEY_ID)
                .env("WARMFRONT_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
        )
    }

    /// Waits for the line for scripts.
    pub fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (mut greeting, mut line) = (String::new(), String::new());
        while !line.starts_with("ready ") {
            greeting.push_str(&line);
            line.clear();
            assert_ne!(
                output.read_line(&mut line).unwrap(),
                0,
                "the process ended before it was ready: {greeting}"
            );
        }
        let at = |name: &str, scheme: &str| value(&line, name).strip_prefix(scheme).unwrap().parse().unwrap();
        Self {
            api: value(&line, "api").split_once("://").unwrap().1.parse().unwrap(),
            edge_http: at("edge-http", "http://"),
            edge_https: at("edge-https", "https://"),
            child,
            _output: output,
            greeting,
            ready: line,
        }
    }

    /// A value of the line for scripts.
    pub fn said(&self, name: &str) -> &str {
        value(&self.ready, name)
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, without waiting.
    pub fn terminate(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end.
    pub fn ended(&mut self) -> ExitStatus {
        until(|| self.child.try_wait().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The binary on free ports, in an environment without settings.
pub fn command(name: &str, data_dir: &Path, flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_warmfront"));
    let any = "127.0.0.1:0";
    command.arg(name).arg("--data-dir").arg(data_dir);
    command.args(["--api", any, "--edge-http", any, "--edge-https", any]).args(flags);
    if !flags.contains(&"--workers") {
        command.args(["--workers", "2"]);
    }
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// `warmfront keys` on a data directory, in an environment without settings.
pub fn keys(data_dir: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_warmfront"));
    command.arg("keys").args(words).arg("--data-dir").arg(data_dir).env_clear();
    command
}

/// Runs it; answers what it printed as JSON.
pub fn keys_json(data_dir: &Path, words: &[&str]) -> serde_json::Value {
    let output = keys(data_dir, words).arg("--json").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Runs the binary until it fails; answers what it complains about.
pub fn complaint(command: &mut Command) -> String {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let status = until(|| child.try_wait().unwrap());
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(!status.success(), "{text}");
    text
}

/// Asks again and again until there is an answer.
pub fn until<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < DEADLINE, "the condition did not come true in time");
        // Leaves the processor to whoever makes the condition true.
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

fn value<'a>(line: &'a str, name: &str) -> &'a str {
    let pairs = line.split_whitespace().filter_map(|word| word.split_once('='));
    pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value).unwrap()
}
