//! Reads replies as a strict viewer would, and fails when a byte is left over.

/// One reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    pub status: u16,
    pub lines: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether all of the body came.
    pub is_whole: bool,
}

impl Got {
    /// All values of a field, joined.
    pub fn field(&self, name: &str) -> Option<String> {
        let values: Vec<&str> =
            self.lines.iter().filter(|(held, _)| held == name).map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// The reply without what differs from reply to reply.
    pub fn lasting(mut self) -> Self {
        self.lines.retain(|(name, _)| !["x-amz-cf-id", "date"].contains(&name.as_str()));
        if self.field("x-cache").is_some_and(|result| result.starts_with("Error")) {
            // The built-in body shows the id.
            self.body.clear();
        }
        self
    }
}

/// The replies in `bytes`; `methods` are those of the requests in order, all others are GET.
pub fn read(mut bytes: &[u8], methods: &[&str]) -> Vec<Got> {
    let mut methods = methods.iter();
    let mut method = methods.next();
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let Some(end) = end else { panic!("no head: {:?}", String::from_utf8_lossy(bytes)) };
        let (head, rest) = bytes.split_at(end + 4);
        let mut got = parse(std::str::from_utf8(head).unwrap());
        bytes = rest;
        if got.status >= 200 {
            bytes = body(&mut got, rest, method.is_some_and(|method| *method == "HEAD"));
            method = methods.next();
        }
        all.push(got);
    }
    all
}

fn parse(head: &str) -> Got {
    let mut lines = head.trim_end().split("\r\n");
    let first = lines.next().unwrap();
    assert!(first.starts_with("HTTP/1.1 ") || first.starts_with("HTTP/1.0 "), "{first}");
    let status = first.get(9..12).unwrap().parse().unwrap();
    let lines = lines.map(|line| line.split_once(": ").unwrap());
    let lines = lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Got { status, lines, body: Vec::new(), is_whole: true }
}

fn body<'a>(got: &mut Got, rest: &'a [u8], is_head: bool) -> &'a [u8] {
    let length = got.field("content-length");
    let coding = got.field("transfer-encoding");
    assert!(length.is_none() || coding.is_none(), "two lengths: {got:?}");
    if is_head || matches!(got.status, 204 | 304) {
        return rest;
    }
    match (length, coding.as_deref()) {
        (Some(length), _) => {
            let length: usize = length.parse().unwrap();
            got.is_whole = rest.len() >= length;
            let (body, rest) = rest.split_at(length.min(rest.len()));
            got.body = body.to_vec();
            rest
        }
        (None, Some("chunked")) => chunks(got, rest),
        (None, _) => {
            got.body = rest.to_vec();
            b""
        }
    }
}

fn chunks<'a>(got: &mut Got, mut rest: &'a [u8]) -> &'a [u8] {
    loop {
        let Some(end) = rest.windows(2).position(|window| window == b"\r\n") else {
            got.is_whole = false;
            return b"";
        };
        let size = std::str::from_utf8(&rest[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        rest = &rest[end + 2..];
        if rest.len() < size + 2 {
            got.is_whole = false;
            return b"";
        }
        got.body.extend_from_slice(&rest[..size]);
        assert_eq!(&rest[size..size + 2], b"\r\n");
        rest = &rest[size + 2..];
        if size == 0 {
            return rest;
        }
    }
}
