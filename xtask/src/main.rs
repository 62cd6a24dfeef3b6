//! What people do often, as `cargo xtask <task>`: check, test, measure, generate.
//!
//! Continuous integration runs `cargo xtask test` and nothing else, so that what it does can be done on any
//! machine. A task is a row of [`TASKS`]; the help text is made from the rows.

#![allow(clippy::print_stdout, reason = "the tasks talk to the person who started them")]

mod bench;
mod check;
mod console;
mod fuzz;
mod generate;
mod javascript;
mod kept;
mod licence;
mod python;
mod run;
mod suites;
mod summary;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use run::Failure;

/// A task: its name, what it does, and the function that does it with the remaining arguments.
struct Task {
    name: &'static str,
    help: &'static str,
    run: fn(&[String]) -> Result<(), Failure>,
}

const TASKS: [Task; 9] = [
    Task { name: "check", help: "formatting, lints, documentation and the house rules", run: check::run },
    Task { name: "test", help: "check, and every suite; what continuous integration runs", run: test::run },
    Task { name: "clients", help: "only the suites with real clients", run: test::clients },
    Task {
        name: "console",
        help: "build the console and pack it into the binary; --check compares (Node.js)",
        run: console::run,
    },
    Task { name: "docs", help: "write the pages that are made from tables again", run: generate::docs },
    Task {
        name: "coverage",
        help: "write the page that says which test proves which behavior again",
        run: generate::coverage,
    },
    Task {
        name: "bench",
        help: "measure against four peers on this machine (Debian, as root); `bench soak`: faults; `bench api`: the API",
        run: bench::run,
    },
    Task { name: "fuzz", help: "fuzz targets: [NAME] [--seconds N], by default all for 60", run: fuzz::run },
    Task { name: "help", help: "this text", run: help },
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "help".to_owned());
    let rest: Vec<String> = arguments.collect();
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        println!("there is no task {name:?}\n\n{}", usage());
        return ExitCode::from(2);
    };
    match (task.run)(&rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            println!("\ncargo xtask {name}: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn help(_: &[String]) -> Result<(), Failure> {
    println!("{}", usage());
    Ok(())
}

fn usage() -> String {
    let rows: String = TASKS.iter().map(|task| format!("    {:<10} {}\n", task.name, task.help)).collect();
    format!("cargo xtask <task>\n\n{rows}")
}
