//! Admit: viewer protocol policy, method, body.

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use observe::{Step, Timeline};
use rules::admit::{self, Admission};
use rules::result_type::ResultType;
use rules::{Because, Fields};

use super::note;
use super::route::Routed;
use crate::answer::Answer;
use crate::edge::Worker;
use crate::exchange::ReplyBody;

/// Whether the viewer may go on (0.1 steps 9 and 10).
pub fn run(routed: &Routed, body: &origin::RequestBody, timeline: &mut Timeline) -> Admission {
    let has_body = matches!(body, origin::RequestBody::Streaming(_));
    let admission = admit::decide(&routed.head, routed.behavior(), has_body);
    match &admission {
        Admission::Proceed => {
            note::push(timeline, Step::Admit, "proceed", note::NOTHING, Because::new("0.1", ""));
        }
        Admission::RedirectToHttps { status, because } => {
            let inputs = [note::number("status", status.as_u16().into()), None, None];
            note::push(timeline, Step::Admit, "redirect-to-https", inputs, *because);
        }
        Admission::Refuse(refusal) => {
            let inputs = [note::number("status", refusal.status.as_u16().into()), None, None];
            note::push(timeline, Step::Admit, "refuse", inputs, refusal.because);
        }
    }
    admission
}

/// The redirect to HTTPS (O30, O31): same host, path and query; the public HTTPS port (O32).
pub fn redirect(worker: &Worker, routed: &Routed, status: StatusCode) -> Answer {
    let head = &routed.head;
    let port = match worker.edge().settings().public_https_port {
        443 => String::new(),
        port => format!(":{port}"),
    };
    let query = head.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    let host = head.authority.split_once(':').map_or(&*head.authority, |_| &*head.host);
    let location = format!("https://{host}{port}{}{query}", routed.asked_path);
    let body = format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<h1>{status}</h1>\r\n</body>\r\n</html>\r\n"
    );
    let mut fields = Fields::with_capacity(8);
    fields.append(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    if let Ok(location) = HeaderValue::try_from(location) {
        fields.append(LOCATION, location);
    }
    Answer {
        status,
        fields: fields.into(),
        length: Some(body.len() as u64),
        body: ReplyBody::Whole(body.into()),
        result: ResultType::Redirect,
        stored_at: None,
        error: None,
        close: false,
        conditional: false,
    }
}
