// The server under test as a process of its own, with clients and viewers for it.
"use strict";

const { spawn } = require("node:child_process");
const { once } = require("node:events");
const fs = require("node:fs");
const http = require("node:http");
const os = require("node:os");
const path = require("node:path");
const readline = require("node:readline");
const { CloudFrontClient } = require("@aws-sdk/client-cloudfront");

const BINARY = process.env.WARMFRONT ?? path.resolve(__dirname, "../../../target/debug/warmfront");
const CREDENTIALS = { accessKeyId: "WFTESTS0000000000001", secretAccessKey: "not-a-secret-only-for-tests" };

/** Starts a server with an empty data directory; it ends with the test. */
async function warmfront(test) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "warmfront-"));
  const addresses = ["--edge-http", "--edge-https", "--api"].flatMap((flag) => [flag, "127.0.0.1:0"]);
  const child = spawn(BINARY, ["serve", "--data-dir", path.join(folder, "data"), ...addresses], {
    env: {
      PATH: process.env.PATH,
      WARMFRONT_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      WARMFRONT_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  test.after(async () => {
    child.kill();
    await ended;
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const complaints = [];
  child.stderr.on("data", (text) => complaints.push(text));
  const ready = await readyLine(child.stdout);
  if (!ready) throw new Error(`the server did not start: ${complaints.join("")}`);
  const words = ready.split(" ").slice(1).map((word) => word.split(/=(.*)/s));
  return new Warmfront(test, Object.fromEntries(words));
}

/** The line for scripts: `ready`, then name=value. What comes after it is read and forgotten. */
function readyLine(output) {
  const lines = readline.createInterface({ input: output });
  return new Promise((resolve) => {
    lines.on("line", (line) => line.startsWith("ready ") && resolve(line));
    lines.on("close", () => resolve(undefined));
  });
}

class Warmfront {
  constructor(test, addresses) {
    this.test = test;
    this.addresses = addresses;
  }

  /** The SDK's client; one attempt for each call, so that every error is seen. */
  cloudfront() {
    const client = new CloudFrontClient({
      endpoint: this.addresses.api,
      region: "eu-west-1",
      credentials: CREDENTIALS,
      maxAttempts: 1,
    });
    this.test.after(() => client.destroy());
    return client;
  }

  /** What a viewer gets. */
  async get(host, target) {
    const { port } = new URL(this.addresses["edge-http"]);
    const request = http.get({ host: "127.0.0.1", port, path: target, headers: { Host: host }, agent: false });
    const [response] = await once(request, "response");
    const body = (await response.toArray()).join("");
    return { status: response.statusCode, headers: response.headers, body };
  }
}

/** An origin on a free port; `replies` has status and body by path, everything else is a tell-tale 599. */
async function origin(test, replies) {
  const server = http.createServer((request, response) => {
    const [status, body] = replies[request.url] ?? [599, "nobody planned this request"];
    response.writeHead(status).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: server.address().port };
}

/** How often a client calls an operation from now on. */
function countCalls(client) {
  const calls = {};
  client.middlewareStack.add(
    (next, context) => (request) => {
      calls[context.commandName] = (calls[context.commandName] ?? 0) + 1;
      return next(request);
    },
    { step: "finalizeRequest", name: "countCalls" },
  );
  return calls;
}

module.exports = { CREDENTIALS, countCalls, origin, warmfront };
