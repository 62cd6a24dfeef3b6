//! Performs a script: its own edge, origins, ports and clock, all on one thread.
//!
//! Statements happen one after the other, and after each of them everybody gets so many turns that nothing
//! is left to happen by itself ([`stage::Stage::settle`]): no script sleeps. What fails is told with the whole
//! conversation.

mod beyond;
mod configuration;
mod edge_side;
mod expect;
mod origin;
mod policies;
mod requests;
mod stage;
mod viewer;
mod wire;

use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use edge_side::{EdgeSide, MEMORY_BYTES};
use origin::ScriptedOrigin;
use requests::Started;
use stage::{Stage, guarded};
use viewer::Viewer;

use crate::script::{self, OnLine, SawLine, Script, Statement};

/// Reads and performs a script; `name` is how its lines are cited.
///
/// # Errors
/// What does not hold, with title, line and conversation.
pub fn run(name: &str, source: &str) -> Result<(), String> {
    let script = script::read(source).map_err(|mistake| format!("{name}: {mistake}"))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("{name}: no runtime: {error}"))?;
    tokio::task::LocalSet::new().block_on(&runtime, perform(name, &script))
}

async fn perform(name: &str, script: &Script) -> Result<(), String> {
    let stage = Rc::new(Stage::default());
    let mut play = Play::new(&stage).await.map_err(|error| format!("{name}: cannot start: {error}"))?;
    let told = |line: usize, wrong: String| {
        format!("{}\n{name}:{line}: {wrong}\n\n{}\n", script.title, stage.conversation())
    };
    for (line, statement) in &script.statements {
        stage.say(format!("-- line {line}"));
        play.statement(statement).await.map_err(|(at, wrong)| told(at.unwrap_or(*line), wrong))?;
        stage.settle().await;
        if let Some(wrong) = stage.first_wrong() {
            return Err(told(*line, wrong));
        }
    }
    match play.started.keys().next() {
        Some(left) => Err(told(0, format!("`{left}` was started and never finished"))),
        None => Ok(()),
    }
}

/// What went wrong, and at which line if that is not the statement's own.
type Wrong = (Option<usize>, String);

/// An error of the statement's own line.
fn here(wrong: impl ToString) -> Wrong {
    (None, wrong.to_string())
}

/// A script under way.
struct Play {
    stage: Rc<Stage>,
    edge: EdgeSide,
    origins: BTreeMap<String, Rc<ScriptedOrigin>>,
    viewers: BTreeMap<String, Viewer>,
    started: BTreeMap<String, Started>,
}

impl Play {
    async fn new(stage: &Rc<Stage>) -> io::Result<Self> {
        Ok(Self {
            stage: Rc::clone(stage),
            edge: EdgeSide::start(stage, MEMORY_BYTES).await?,
            origins: BTreeMap::new(),
            viewers: BTreeMap::new(),
            started: BTreeMap::new(),
        })
    }

    async fn statement(&mut self, statement: &Statement) -> Result<(), Wrong> {
        match statement {
            Statement::Origin(name, lines) => self.origin(name, lines).await.map_err(here),
            Statement::OriginState(name, state) => self.known(name)?.enter(*state).await.map_err(here),
            Statement::Asked(name, times) => self.asked(name, *times).await,
            Statement::Saw(name, saw) => self.saw(name, saw),
            Statement::Policy(policy) => self.edge.learn_policy(policy).map_err(here),
            Statement::Distribution(lines) => self.edge.install(lines).map_err(here),
            Statement::Viewer { viewer, distribution, requests } => {
                for request in requests {
                    self.request(viewer, distribution, request)
                        .await
                        .map_err(|wrong| (Some(request.line), wrong))?;
                    self.stage.settle().await;
                }
                Ok(())
            }
            Statement::Finish(name) => self.finish(name).await,
            Statement::Leave(name) => self.leave(name).map_err(here),
            Statement::Release(name) => {
                self.stage.release(name);
                Ok(())
            }
            Statement::Memory(bytes) => {
                self.edge = EdgeSide::start(&self.stage, *bytes).await.map_err(here)?;
                Ok(())
            }
            Statement::Clock(duration) => {
                let ms = u64::try_from(duration.as_millis()).map_err(here)?;
                self.stage.clock.advance_ms(ms);
                self.stage.say(format!("   clock +{duration:?}"));
                Ok(())
            }
            Statement::Invalidate(distribution, paths) => {
                let paths: Vec<_> = paths.iter().map(|path| self.stage.fill_in(path)).collect();
                self.edge.invalidate(distribution, &paths).map_err(here)
            }
        }
    }

    async fn origin(&mut self, name: &str, lines: &[OnLine]) -> io::Result<()> {
        if let Some(origin) = self.origins.get(name) {
            origin.learn(lines);
            return Ok(());
        }
        let origin = ScriptedOrigin::start(name, &self.stage).await?;
        let port = origin.address().port();
        self.stage.name(name, format!("{}:{port}", configuration::origin_name(name)));
        self.stage.name(&format!("{name}.port"), port.to_string());
        self.edge.knows_origin(name, port);
        origin.learn(lines);
        self.origins.insert(name.to_owned(), origin);
        Ok(())
    }

    fn known(&self, name: &str) -> Result<&Rc<ScriptedOrigin>, Wrong> {
        self.origins.get(name).ok_or_else(|| here(format!("there is no origin {name}")))
    }

    async fn asked(&self, name: &str, times: usize) -> Result<(), Wrong> {
        let origin = self.known(name)?;
        let what = format!("request {times} at {name} (there were {})", origin.asked());
        guarded(&what, self.stage.wait_until(|| origin.asked() >= times)).await.map_err(here)?;
        match origin.asked() == times {
            true => Ok(()),
            false => Err(here(format!("{name} was asked {} times, expected {times}", origin.asked()))),
        }
    }

    fn saw(&self, name: &str, saw: &SawLine) -> Result<(), Wrong> {
        let target = self.stage.fill_in(&saw.target);
        let request = self.known(name)?.last(&saw.method, &target);
        let request = request.ok_or_else(|| here(format!("{name} never saw {} {target}", saw.method)))?;
        expect::check_saw(saw, &request, &self.stage).map_err(here)
    }
}
