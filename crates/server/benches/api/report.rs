//! What was measured as Markdown, for `docs/benchmarks.md`.

use std::fmt::Write as _;
use std::time::Duration;

use crate::measure::{Measured, Rate, Size};

/// The tables, one below the other.
pub fn markdown(measured: &Measured) -> String {
    let mut out = String::from(
        "| call | distributions | connections | per second | p50 (ms) | p99 (ms) | server CPU per call (ms) |\n\
         | --- | --: | --: | --: | --: | --: | --: |\n",
    );
    for size in &measured.sizes {
        rate(&mut out, size.distributions, &size.creating);
        size.rates.iter().for_each(|one| rate(&mut out, size.distributions, one));
    }
    out.push_str("\n| with distributions |");
    columns(&mut out, measured);
    let (start, memory) = (ms(measured.empty_start), mib(measured.empty_memory));
    row(&mut out, measured, "start, until everything listens (ms)", &start, |size| ms(size.start));
    row(&mut out, measured, "memory after a start (MiB)", &memory, |size| mib(size.memory_after_start));
    row(&mut out, measured, "memory after creating them (MiB)", "", |size| mib(size.memory));
    row(&mut out, measured, "UpdateDistribution until its answer: p50, p99, longest (ms)", "", |size| {
        size.live.answer.map(ms).join(", ")
    });
    row(
        &mut out,
        measured,
        "from that answer until viewers get the change: p50, p99, longest (ms)",
        "",
        |size| size.live.after_answer.map(ms).join(", "),
    );
    out
}

fn rate(out: &mut String, distributions: usize, rate: &Rate) {
    let _ = writeln!(
        out,
        "| {} | {distributions} | {} | {:.0} | {} | {} | {} |",
        rate.name,
        rate.connections,
        rate.per_second,
        ms(rate.median),
        ms(rate.p99),
        ms(rate.processor),
    );
}

fn columns(out: &mut String, measured: &Measured) {
    let heads: Vec<_> = measured.sizes.iter().map(|size| size.distributions.to_string()).collect();
    let _ = writeln!(out, " none | {} |\n| --- | --: |{}", heads.join(" | "), " --: |".repeat(heads.len()));
}

fn row(out: &mut String, measured: &Measured, name: &str, empty: &str, value: impl Fn(&Size) -> String) {
    let values: Vec<_> = measured.sizes.iter().map(value).collect();
    let _ = writeln!(out, "| {name} | {empty} | {} |", values.join(" | "));
}

fn ms(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}

fn mib(bytes: u64) -> String {
    format!("{}", bytes / (1024 * 1024))
}
