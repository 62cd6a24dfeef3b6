//! Creates distributions and measures with each number of them.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::Plan;
use crate::calls::{Connection, text};
use crate::documents::{self, POLICIES};
use crate::server::Server;

/// Connections at the same time.
const CONNECTIONS: [usize; 2] = [1, 16];

/// Updates whose way to the edge is timed.
const UPDATES: usize = 200;

/// Longest that an update may take to become live.
const DEADLINE: Duration = Duration::from_secs(10);

/// Entries of a page of the list.
const PAGE: usize = 100;

/// Everything that was measured.
pub struct Measured {
    /// `VmRSS` of a server with an empty data directory, in bytes.
    pub empty_memory: u64,
    /// From the start of the process to the line that says that everything listens, with nothing to load.
    pub empty_start: Duration,
    pub sizes: Vec<Size>,
}

/// With one number of distributions.
pub struct Size {
    pub distributions: usize,
    /// Of the distributions that were created to get here.
    pub creating: Rate,
    /// After the creations, and after a start that loads them.
    pub memory: u64,
    pub memory_after_start: u64,
    pub start: Duration,
    pub rates: Vec<Rate>,
    pub live: Live,
}

/// One kind of call.
pub struct Rate {
    pub name: &'static str,
    pub connections: usize,
    pub per_second: f64,
    /// Processor time of the server for one call.
    pub processor: Duration,
    pub median: Duration,
    pub p99: Duration,
}

/// From an update to the viewer, each as median, 99th percentile and longest.
pub struct Live {
    /// The call itself.
    pub answer: [Duration; 3],
    /// From its answer until a viewer gets the change.
    pub after_answer: [Duration; 3],
}

struct One {
    id: String,
    domain_name: String,
}

pub fn everything(plan: &Plan) -> Measured {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&plan.binary, folder.path());
    let mut measured =
        Measured { empty_memory: server.memory(), empty_start: server.started_in, sizes: Vec::new() };
    let mut made = Vec::new();
    for distributions in plan.sizes.iter().copied() {
        let (size, again) = with(plan, server, folder.path(), distributions, &mut made);
        measured.sizes.push(size);
        server = again;
    }
    measured
}

fn with(
    plan: &Plan,
    server: Server,
    folder: &Path,
    distributions: usize,
    made: &mut Vec<One>,
) -> (Size, Server) {
    eprintln!("creating up to {distributions} distributions");
    let creating = create(&server, distributions, made);
    let memory = server.memory();
    drop(server);
    let server = Server::start(&plan.binary, folder);
    let (start, memory_after_start) = (server.started_in, server.memory());
    let mut rates = Vec::new();
    let markers = markers(&server, distributions);
    for connections in CONNECTIONS {
        eprintln!("measuring with {connections} connections");
        rates.push(get(plan, &server, connections, made));
        rates.push(update(plan, &server, connections, made));
        for (name, marker) in &markers {
            rates.push(list(plan, &server, connections, name, marker));
        }
    }
    let live = live(&server, made);
    (Size { distributions, creating, memory, memory_after_start, start, rates, live }, server)
}

fn create(server: &Server, distributions: usize, made: &mut Vec<One>) -> Rate {
    let (next, fresh) = (AtomicUsize::new(made.len()), Mutex::new(Vec::new()));
    let rate = run(server, "CreateDistribution", 16, None, |_| {
        let mut connection = Connection::to(server.api);
        let (next, fresh) = (&next, &fresh);
        move || {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= distributions {
                return false;
            }
            let answer = connection.call("POST", "distribution", None, &documents::distribution(number));
            assert_eq!(answer.status, 201, "{}", answer.body);
            let one = One {
                id: text(&answer.body, "Id").into(),
                domain_name: text(&answer.body, "DomainName").into(),
            };
            fresh.lock().unwrap().push(one);
            true
        }
    });
    made.extend(fresh.into_inner().unwrap());
    rate
}

fn get(plan: &Plan, server: &Server, connections: usize, made: &[One]) -> Rate {
    run(server, "GetDistribution", connections, Some(plan.per_kind), |number| {
        let mut connection = Connection::to(server.api);
        let mut at = number * made.len() / connections;
        move || {
            at = (at + 37) % made.len();
            let answer = connection.call("GET", &format!("distribution/{}", made[at].id), None, "");
            assert_eq!(answer.status, 200, "{}", answer.body);
            true
        }
    })
}

/// Each connection has distributions of its own, so that no update is refused for its version.
fn update(plan: &Plan, server: &Server, connections: usize, made: &[One]) -> Rate {
    let share = made.len() / connections;
    run(server, "UpdateDistribution", connections, Some(plan.per_kind), |number| {
        let mut connection = Connection::to(server.api);
        let mut known: Vec<_> = made[number * share..(number + 1) * share]
            .iter()
            .take(50)
            .map(|one| (one, connection.call("GET", &format!("distribution/{}/config", one.id), None, "")))
            .collect();
        let (mut at, mut turn) = (0, 0);
        move || {
            at = (at + 1) % known.len();
            turn += 1;
            let (one, config) = &mut known[at];
            let body = config.body.replace("<Comment>", &format!("<Comment>{turn} "));
            let answer =
                connection.call("PUT", &format!("distribution/{}/config", one.id), Some(&config.etag), &body);
            assert_eq!(answer.status, 200, "{}", answer.body);
            config.etag = answer.etag;
            true
        }
    })
}

fn list(plan: &Plan, server: &Server, connections: usize, name: &'static str, marker: &str) -> Rate {
    let target = format!("distribution?Marker={marker}&MaxItems={PAGE}");
    run(server, name, connections, Some(plan.per_kind), |_| {
        let (mut connection, target) = (Connection::to(server.api), target.clone());
        move || {
            let answer = connection.call("GET", &target, None, "");
            assert_eq!(answer.status, 200, "{}", answer.body);
            assert_eq!(answer.body.matches("<DistributionSummary>").count(), PAGE);
            true
        }
    })
}

/// Markers of the first, the middle and the last page, found by walking through all of them.
fn markers(server: &Server, distributions: usize) -> [(&'static str, String); 3] {
    let mut connection = Connection::to(server.api);
    let mut found = vec![String::new()];
    loop {
        let target = format!("distribution?Marker={}&MaxItems={PAGE}", found.last().unwrap());
        let answer = connection.call("GET", &target, None, "");
        if text(&answer.body, "IsTruncated") == "false" {
            break;
        }
        found.push(text(&answer.body, "NextMarker").to_owned());
    }
    assert_eq!(found.len(), distributions / PAGE, "numbers of distributions are multiples of a page");
    let (middle, last) = (found[found.len() / 2].clone(), found[found.len() - 1].clone());
    [
        ("ListDistributions, first page", String::new()),
        ("ListDistributions, middle page", middle),
        ("ListDistributions, last page", last),
    ]
}

/// Updates one distribution after the other, and asks as a viewer until the change is there.
fn live(server: &Server, made: &[One]) -> Live {
    let (mut api, mut viewer) = (Connection::to(server.api), Connection::to(server.edge));
    let (mut answers, mut afters) = (Vec::new(), Vec::new());
    for number in 0..UPDATES {
        let one = &made[number * 37 % made.len()];
        let target = format!("distribution/{}/config", one.id);
        let config = api.call("GET", &target, None, "");
        assert_eq!(viewer.get(&one.domain_name).status, POLICIES[0].1);
        let body = config.body.replace(POLICIES[0].0, POLICIES[1].0);
        let started = Instant::now();
        let changed = api.call("PUT", &target, Some(&config.etag), &body);
        let answered = Instant::now();
        assert_eq!(changed.status, 200, "{}", changed.body);
        while viewer.get(&one.domain_name).status != POLICIES[1].1 {
            assert!(answered.elapsed() < DEADLINE, "the change does not become live");
        }
        afters.push(answered.elapsed());
        answers.push(answered - started);
        // As it was, so that a distribution may come again.
        let back = api.call("PUT", &target, Some(&changed.etag), &config.body);
        assert_eq!(back.status, 200, "{}", back.body);
    }
    let three = |mut times: Vec<Duration>| {
        times.sort_unstable();
        [percentile(&times, 50), percentile(&times, 99), percentile(&times, 100)]
    };
    Live { answer: three(answers), after_answer: three(afters) }
}

/// Runs calls on several connections, for a time or until the first of them says that there is nothing left.
fn run<Call: FnMut() -> bool + Send>(
    server: &Server,
    name: &'static str,
    connections: usize,
    limit: Option<Duration>,
    prepare: impl Fn(usize) -> Call,
) -> Rate {
    let calls: Vec<Call> = (0..connections).map(prepare).collect();
    let is_over = AtomicBool::new(false);
    let (before, started) = (server.processor(), Instant::now());
    let mut times: Vec<Duration> = std::thread::scope(|scope| {
        let threads: Vec<_> = calls
            .into_iter()
            .map(|mut call| {
                let is_over = &is_over;
                scope.spawn(move || {
                    let mut times = Vec::new();
                    while !is_over.load(Ordering::Relaxed) {
                        let asked = Instant::now();
                        if !call() {
                            break;
                        }
                        times.push(asked.elapsed());
                    }
                    times
                })
            })
            .collect();
        if let Some(limit) = limit {
            std::thread::sleep(limit);
            is_over.store(true, Ordering::Relaxed);
        }
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let (took, used) = (started.elapsed(), server.processor() - before);
    times.sort_unstable();
    let count = u32::try_from(times.len()).unwrap();
    Rate {
        name,
        connections,
        per_second: f64::from(count) / took.as_secs_f64(),
        processor: used / count.max(1),
        median: percentile(&times, 50),
        p99: percentile(&times, 99),
    }
}

/// Of sorted times.
fn percentile(times: &[Duration], percent: usize) -> Duration {
    let last = times.len().saturating_sub(1);
    times.get((times.len() * percent / 100).min(last)).copied().unwrap_or_default()
}
