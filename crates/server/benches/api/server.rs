//! The process that is measured.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

pub const ACCESS_KEY_ID: &str = "WFBENCHBENCHBENCH001";
pub const SECRET_ACCESS_KEY: &str = "benchmarks-need-no-secret-worth-hiding";

/// A `warmfront serve` that is ready. Dropping it kills it.
pub struct Server {
    child: Child,
    _output: BufReader<ChildStdout>,
    pub api: SocketAddr,
    pub edge: SocketAddr,
    /// From the start of the process to the line that says that everything listens.
    pub started_in: Duration,
}

impl Server {
    pub fn start(binary: &Path, data_dir: &Path) -> Self {
        let started = Instant::now();
        let mut command = Command::new(binary);
        command.arg("serve").arg("--data-dir").arg(data_dir);
        for flag in ["--api", "--edge-http", "--edge-https", "--buckets"] {
            command.args([flag, "127.0.0.1:0"]);
        }
        command
            .env("WARMFRONT_ACCESS_KEY_ID", ACCESS_KEY_ID)
            .env("WARMFRONT_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
            // Lines about each call would be measured too; what goes wrong is still said.
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped());
        let mut child = command.spawn().expect("the server starts");
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.starts_with("ready ") {
            line.clear();
            assert_ne!(output.read_line(&mut line).unwrap(), 0, "the server ended before it was ready");
        }
        let started_in = started.elapsed();
        let (api, edge) = (address(&line, "api=http://"), address(&line, "edge-http=http://"));
        Self { child, _output: output, api, edge, started_in }
    }

    /// Memory in use, in bytes (`VmRSS`).
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Processor time that the process has used, user and system.
    pub fn processor(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let after_name = stat.rsplit(')').next().unwrap();
        let ticks =
            |field: usize| -> u64 { after_name.split_whitespace().nth(field).unwrap().parse().unwrap() };
        // Fields 14 and 15 of the line, in hundredths of a second on every Linux that people run.
        Duration::from_millis((ticks(11) + ticks(12)) * 10)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address(line: &str, name: &str) -> SocketAddr {
    line.split_whitespace().find_map(|word| word.strip_prefix(name)).unwrap().parse().unwrap()
}
