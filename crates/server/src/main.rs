//! Settings, roles and wiring of the `warmfront` binary.
//!
//! `serve` runs the API and the edge in one process ([`run`]); `demo` is the same with a small site behind it
//! ([`demo`]); `keys` changes the keys of the API ([`keys`]). Nothing here decides anything about a request: that is done in the rooms that are wired together.

mod admin;
mod api_tls;
mod authority;
mod browser;
mod buckets;
mod demo;
mod error;
mod files;
mod handover;
mod keys;
mod listeners;
mod open_files;
mod run;
mod settings;
mod signals;
mod sync;
mod terminal;
mod web;
mod workers;

use std::io::IsTerminal;
use std::process::ExitCode;

use tracing::Metadata;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::error::Failure;
use crate::settings::{Arguments, Command, KeyCommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::of_process();
    match start(&arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal::complain(&failure);
            ExitCode::FAILURE
        }
    }
}

/// The API, the configuration's way to the edge and the demo share one runtime; each edge worker has its own.
fn start(command: &Command) -> Result<(), Failure> {
    if let Some(settings) = command.settings() {
        log_to_stderr(settings.log_filter())?;
    }
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Runtime)?;
    let ended = match command {
        Command::Serve(serve) => runtime.block_on(run::serve(serve)),
        Command::Demo(demo) => runtime.block_on(demo::run(demo)),
        Command::Keys(command) => change_keys(command),
    };
    // Connections that outlived the drain are cut off here.
    runtime.shutdown_background();
    ended
}

fn change_keys(command: &KeyCommand) -> Result<(), Failure> {
    keys::command::run(command, observe::Clock::system().wall_s())
}

/// Whether what it logs can be shown: the S3 library writes whole requests and signatures. Refusals are in its answers, and
/// the room that uses it logs its own failures.
fn keeps_secrets(event: &Metadata<'_>) -> bool {
    event.target() != "s3s" && !event.target().starts_with("s3s::")
}

fn log_to_stderr(filter: String) -> Result<(), Failure> {
    let parsed = EnvFilter::try_new(&filter).map_err(|source| Failure::LogFilter { filter, source })?;
    let is_terminal = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(is_terminal);
    tracing_subscriber::registry().with(lines.with_filter(filter_fn(keeps_secrets))).with(parsed).init();
    Ok(())
}
