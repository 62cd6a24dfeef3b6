//! `warmfront demo`: a small site behind a distribution, set up through the product's own API.
//!
//! The site has pages that answer 404, 403, 500 and 503, one that hangs and one whose origin refuses the connection.
//! Its error pages are on a second origin, so that they survive the site itself, which can be taken down and brought
//! up again ([`pages`]). The distribution is `distribution.xml`; nothing here reaches around the API.

mod api;
mod distribution;
mod pages;
mod site;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::error::Failure;
use crate::run::Running;
use crate::settings::{ApiTls, Demo};
use crate::terminal;

/// The alternate domain name of the demo's distribution.
pub const ALIAS: &str = "demo.localhost";

const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// How long the demo's own origins wait for their connections at the end.
const DRAIN: Duration = Duration::from_millis(200);

/// Ports of the three origins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    /// The site.
    pub site: u16,
    /// Its error pages and its switch.
    pub pages: u16,
    /// Nobody listens here.
    pub nobody: u16,
}

/// Runs the demo until a signal asks to end.
pub async fn run(demo: &Demo) -> Result<(), Failure> {
    let running = Running::start(&demo.data_dir, &demo.settings, &ApiTls::default(), false).await?;
    let nobody = nobody().map_err(Failure::Runtime)?;
    let site = site::Site::start(ANY_PORT).await.map_err(Failure::Runtime)?;
    let pages = pages::start(ANY_PORT, site.switch()).await.map_err(Failure::Runtime)?;
    let port_of = |socket: &Socket| socket.local_addr().ok().and_then(|address| address.as_socket());
    let ports = Ports {
        site: site.address().port(),
        pages: pages.port(),
        nobody: port_of(&nobody).map_or(1024, |address| address.port()),
    };
    let pair = running.keys.admin().ok_or(Failure::NoAdminKey)?;
    let caller = api::Caller::new(running.addresses.api, pair);
    let id = distribution::set_up(&caller, ports).await?;

    let authority = running.authority.certificate();
    terminal::say(&greeting(&running, &demo.data_dir, &id));
    terminal::say(&terminal::ready(
        &running.addresses,
        authority,
        &format!(" demo={} distribution={id}", url(&running)),
    ));
    running.until_asked_to_end().await;
    site.end().await;
    Ok(())
}

/// A port that belongs to us and on which nobody listens: connections to it are refused.
fn nobody() -> std::io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&ANY_PORT.into())?;
    Ok(socket)
}

fn url(running: &Running) -> String {
    format!("http://{ALIAS}:{}/", running.addresses.edge_http.port())
}

fn greeting(running: &Running, data_dir: &Path, id: &str) -> String {
    let (addresses, url) = (&running.addresses, url(running));
    let (key, key_id, secret) = terminal::key(&running.key_source, data_dir);
    format!(
        "{heading}  Key   {key}\n\n  \
         Open  {url}\n\n  \
         The origin's 404 becomes the site's own page; its 503 becomes \"back soon\" with status 200:\n    \
         curl -i {url}no-such-page\n    \
         curl -i {url}busy\n  \
         Take the site down: what was seen stays, everything else gets a page from a second origin:\n    \
         curl -X POST {url}_demo/down\n    \
         curl -i {url}\n    \
         curl -X POST {url}_demo/up\n  \
         Look at the distribution behind it:\n{aws}    \
         aws cloudfront get-distribution-config --id {id} --endpoint-url http://{api}\n\n",
        heading = terminal::heading(addresses),
        aws = terminal::aws_lines(addresses, running.authority.certificate(), &key_id, &secret),
        api = addresses.api,
    )
}
