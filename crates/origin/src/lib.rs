//! Fetches from an origin: names, connections, TLS, attempts, timeouts, signing.
