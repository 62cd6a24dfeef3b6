//! Requests of viewers: one after the other, or started and finished later, one viewer or many.

use std::collections::BTreeMap;
use std::rc::Rc;

use tokio::task::JoinHandle;

use super::configuration::domain_name;
use super::stage::guarded;
use super::viewer::{Outcome, Viewer};
use super::{Play, Wrong, expect, here};
use crate::script::{Expectation, RequestLine};

/// Requests that were started and not yet finished.
pub struct Started {
    line: RequestLine,
    before: BTreeMap<String, usize>,
    tasks: Vec<JoinHandle<std::io::Result<Outcome>>>,
}

impl Play {
    pub(super) async fn request(
        &mut self,
        viewer: &str,
        distribution: &str,
        line: &RequestLine,
    ) -> Result<(), String> {
        let host = domain_name(distribution);
        let Some(name) = &line.started_as else {
            if line.viewers > 1 {
                let started = self.start(viewer, &host, line);
                return self.finished(started).await;
            }
            return self.at_once(viewer, &host, line).await;
        };
        let started = self.start(viewer, &host, line);
        self.started.insert(name.clone(), started);
        Ok(())
    }

    /// Asks over the viewer's own connection and waits for the answer.
    async fn at_once(&mut self, name: &str, host: &str, line: &RequestLine) -> Result<(), String> {
        let before = self.counts();
        let address = self.edge.address();
        let mut viewer = self.viewers.remove(name).unwrap_or_else(|| Viewer::new(name, address, &self.stage));
        let asking = guarded("the answer", viewer.ask(&line.ask, host)).await?;
        let mut outcome = asking.map_err(|error| error.to_string())?;
        if line.expectations.contains(&Expectation::Closed) {
            let closing = guarded("the end of the connection", viewer.closed()).await?;
            outcome.closed = closing.ok();
        } else if line.expectations.contains(&Expectation::KeptOpen) {
            self.stage.settle().await;
            outcome.closed = Some(viewer.is_closed());
        }
        self.viewers.insert(name.to_owned(), viewer);
        self.check(line, &before, &[outcome]).await
    }

    /// Starts requests over connections of their own.
    fn start(&self, name: &str, host: &str, line: &RequestLine) -> Started {
        let tasks = (0..line.viewers).map(|_| {
            let mut viewer = Viewer::new(name, self.edge.address(), &self.stage);
            let (ask, host) = (line.ask.clone(), host.to_owned());
            let stage = Rc::clone(&self.stage);
            tokio::task::spawn_local(async move {
                let outcome = viewer.ask(&ask, &host).await;
                stage.changed();
                outcome
            })
        });
        Started { line: line.clone(), before: self.counts(), tasks: tasks.collect() }
    }

    pub(super) async fn finish(&mut self, name: &str) -> Result<(), Wrong> {
        let started = self.started.remove(name).ok_or_else(|| here(format!("`{name}` was not started")))?;
        let line = started.line.line;
        self.finished(started).await.map_err(|wrong| (Some(line), wrong))
    }

    async fn finished(&self, started: Started) -> Result<(), String> {
        let mut outcomes = Vec::new();
        for task in started.tasks {
            let joined = guarded("the answer", task).await?.map_err(|error| error.to_string())?;
            outcomes.push(joined.map_err(|error| error.to_string())?);
        }
        self.check(&started.line, &started.before, &outcomes).await
    }

    /// The viewers of a started request close their connections.
    pub(super) fn leave(&mut self, name: &str) -> Result<(), String> {
        let started = self.started.remove(name).ok_or_else(|| format!("`{name}` was not started"))?;
        for task in started.tasks {
            task.abort();
        }
        self.stage.say(format!("   {name} leaves"));
        Ok(())
    }

    fn counts(&self) -> BTreeMap<String, usize> {
        self.origins.iter().map(|(name, origin)| (name.clone(), origin.asked())).collect()
    }

    async fn check(
        &self,
        line: &RequestLine,
        before: &BTreeMap<String, usize>,
        outcomes: &[Outcome],
    ) -> Result<(), String> {
        for outcome in outcomes {
            expect::check_complete(&line.expectations, outcome)?;
            for expectation in &line.expectations {
                expect::check(expectation, outcome, &self.stage)?;
            }
        }
        for expectation in &line.expectations {
            match expectation {
                Expectation::Origin(name, times) => self.asked_since(name, *times, before).await?,
                Expectation::Results(result, times) => results(result, *times, outcomes)?,
                _ => {}
            }
        }
        Ok(())
    }

    async fn asked_since(
        &self,
        name: &str,
        times: usize,
        before: &BTreeMap<String, usize>,
    ) -> Result<(), String> {
        let origin = self.origins.get(name).ok_or_else(|| format!("there is no origin {name}"))?;
        let base = before.get(name).copied().unwrap_or_default();
        // What is asked in the background may come a little later.
        self.stage.settle().await;
        let what = format!("request {times} at {name} (there were {})", origin.asked() - base);
        guarded(&what, self.stage.wait_until(|| origin.asked() >= base + times)).await?;
        match origin.asked() - base {
            asked if asked == times => Ok(()),
            asked => Err(format!("{name} was asked {asked} times meanwhile, expected {times}")),
        }
    }
}

fn results(result: &str, times: usize, outcomes: &[Outcome]) -> Result<(), String> {
    let expected = format!("{result} from cloudfront");
    let answers = outcomes.iter().filter_map(|outcome| outcome.answer.as_ref());
    let found = answers.filter(|answer| answer.header("x-cache").as_deref() == Some(&expected)).count();
    match found == times {
        true => Ok(()),
        false => Err(format!("{found} viewers got {result}, expected {times}")),
    }
}
