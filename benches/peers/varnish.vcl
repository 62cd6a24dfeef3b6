# Varnish with its storage in memory. It has no TLS of its own. servers.py fills in what is in braces.
vcl 4.1;

backend default {
    .host = "127.0.0.1";
    .port = "{ORIGIN}";
}

sub vcl_recv {
    if (req.restarts == 0) {
        unset req.http.X-Status;
    }
    if (req.url ~ "^/dynamic/") {
        return (pass);
    }
}

sub vcl_deliver {
    # An error page: another object with the status of the first.
    if (resp.status == 404 && req.url ~ "^/paged/") {
        set req.http.X-Status = "404";
        set req.url = "/errors/404.html";
        return (restart);
    }
    if (req.http.X-Status) {
        set resp.status = 404;
    }
    # What every edge says about an answer.
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    }
}
