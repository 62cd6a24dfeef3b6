//! The demo's second origin: the error pages, and the switch that takes the site down.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::DRAIN;
use super::site::{self, Switch};
use crate::web;

const STYLE: &str = include_str!("pages/style.css");

/// The pages by name.
const PAGES: [(&str, &str); 6] = [
    ("/errors/403.html", include_str!("pages/403.html")),
    ("/errors/404.html", include_str!("pages/404.html")),
    ("/errors/500.html", include_str!("pages/500.html")),
    ("/errors/back-soon.html", include_str!("pages/back-soon.html")),
    ("/errors/slow.html", include_str!("pages/slow.html")),
    ("/errors/unreachable.html", include_str!("pages/unreachable.html")),
];

/// Starts serving on `address`, for as long as the runtime lives; answers the real address.
pub async fn start(address: SocketAddr, switch: Switch) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        // It ends with the runtime, after the last viewer.
        let (_never, shutdown) = watch::channel(false);
        web::serve(listener, router(switch), DRAIN, shutdown).await;
    });
    Ok(address)
}

/// A page with the style that all of them share, so that each is whole by itself.
pub fn with_style(page: &str) -> String {
    page.replace("{style}", STYLE)
}

fn router(switch: Switch) -> Router {
    let pages = PAGES.iter().fold(Router::new(), |router, (path, page)| {
        let page = with_style(page);
        router.route(path, get(|| async { ([(CACHE_CONTROL, "max-age=60")], Html(page)) }))
    });
    pages
        .route("/_demo/state", get(state))
        .route("/_demo/down", post(down))
        .route("/_demo/up", post(up))
        .with_state(switch)
}

async fn state(State(switch): State<Switch>) -> Response {
    let sentence = match switch.state() {
        site::State::Up => "up: the site answers",
        site::State::Down | site::State::Ended => "down: the site refuses connections",
    };
    (StatusCode::OK, format!("{sentence}\n")).into_response()
}

async fn down(State(mut switch): State<Switch>) -> Response {
    switch.turn(site::State::Down).await;
    state(State(switch)).await
}

async fn up(State(mut switch): State<Switch>) -> Response {
    switch.turn(site::State::Up).await;
    state(State(switch)).await
}
