//! The demo's site: an origin that answers well, badly or not at all, and that can be taken down for real.
//!
//! Down means that its socket is closed: connections are refused.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::{CACHE_CONTROL, RETRY_AFTER};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{DRAIN, pages};
use crate::{listeners, web};

/// The site, running or down.
pub struct Site {
    address: SocketAddr,
    wanted: watch::Sender<State>,
    actual: watch::Receiver<State>,
    task: JoinHandle<()>,
}

/// What the site is, or is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It listens.
    Up,
    /// Connections are refused.
    Down,
    /// It will never listen again.
    Ended,
}

/// Takes the site down and brings it up.
#[derive(Clone)]
pub struct Switch {
    wanted: watch::Sender<State>,
    actual: watch::Receiver<State>,
}

// === impl Site ===

impl Site {
    /// Starts it on `address`.
    pub async fn start(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (wanted, orders) = watch::channel(State::Up);
        let (report, actual) = watch::channel(State::Up);
        let task = tokio::spawn(live(listener, address, orders, report));
        Ok(Self { address, wanted, actual, task })
    }

    /// Where it listens while it is up.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What takes it down.
    pub fn switch(&self) -> Switch {
        Switch { wanted: self.wanted.clone(), actual: self.actual.clone() }
    }

    /// Takes it down for good.
    pub async fn end(self) {
        self.wanted.send_replace(State::Ended);
        // A task that failed has ended too.
        let _ = self.task.await;
    }
}

// === impl Switch ===

impl Switch {
    /// What the site is now.
    pub fn state(&self) -> State {
        *self.actual.borrow()
    }

    /// Makes it so, and waits until it is.
    pub async fn turn(&mut self, state: State) {
        self.wanted.send_replace(state);
        // An error means that the site has ended.
        let _ = self.actual.wait_for(|actual| *actual == state || *actual == State::Ended).await;
    }
}

async fn live(
    listener: TcpListener,
    address: SocketAddr,
    mut orders: watch::Receiver<State>,
    report: watch::Sender<State>,
) {
    let mut listener = Some(listener);
    loop {
        if let Some(listener) = listener.take() {
            report.send_replace(State::Up);
            serve_while_up(listener, &mut orders).await;
        }
        let order = *orders.borrow_and_update();
        if order != State::Up {
            report.send_replace(order);
        }
        match order {
            State::Ended => return,
            State::Up => listener = open(address),
            State::Down if orders.changed().await.is_err() => return,
            State::Down => {}
        }
    }
}

async fn serve_while_up(listener: TcpListener, orders: &mut watch::Receiver<State>) {
    let (stop, stopped) = watch::channel(false);
    let serving = web::serve(listener, router(), DRAIN, stopped);
    let order = async {
        // Without anybody to give orders the site goes down.
        let _ = orders.wait_for(|order| *order != State::Up).await;
        stop.send_replace(true);
    };
    tokio::join!(serving, order);
}

fn open(address: SocketAddr) -> Option<TcpListener> {
    let opened = listeners::single("the demo's site", address).map(TcpListener::from_std);
    match opened {
        Ok(Ok(listener)) => Some(listener),
        Ok(Err(error)) => {
            tracing::error!(%address, %error, "the demo's site cannot listen again");
            None
        }
        Err(error) => {
            tracing::error!(%error, "the demo's site cannot listen again");
            None
        }
    }
}

fn router() -> Router {
    Router::new()
        .route("/", get(home))
        .route("/forbidden", get(|| raw(StatusCode::FORBIDDEN)))
        .route("/broken", get(|| raw(StatusCode::INTERNAL_SERVER_ERROR)))
        .route(
            "/busy",
            get(|| async {
                ([(RETRY_AFTER, "120")], raw(StatusCode::SERVICE_UNAVAILABLE).await).into_response()
            }),
        )
        .route("/hang", get(std::future::pending::<()>))
        .fallback(|| raw(StatusCode::NOT_FOUND))
}

/// Fresh for five seconds, so that the difference between fresh and stale can be seen.
async fn home() -> Response {
    ([(CACHE_CONTROL, "max-age=5")], Html(pages::with_style(include_str!("pages/home.html")))).into_response()
}

/// The origin's own error: if a viewer sees this sentence, no custom error response was applied.
async fn raw(status: StatusCode) -> Response {
    (status, format!("raw {} from the origin: a viewer should not see this\n", status.as_u16()))
        .into_response()
}
