// The mock server: CloudFront's API in JSON, in memory, with just enough rules to work on the console without a server.
// It is for development and unit tests; what the console really does is proven against the real binary.
//
//   node dev/server.mjs [--port 8790] [--distributions 40] [--dist dist]

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';

import { answer } from './api.mjs';
import { newState } from './state.mjs';

const TYPES = {
  '.css': 'text/css', '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.woff2': 'font/woff2',
};

const POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self' data:",
  "connect-src 'self'", "frame-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');

/** A server that is not listening yet. */
export function mockServer({ state = newState(), dist } = {}) {
  state.hasCookies = true;
  return createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      void serve(state, dist, request, Buffer.concat(chunks), response);
    });
  });
}

async function serve(state, dist, request, body, response) {
  const url = new URL(request.url, 'http://mock');
  const isApi = url.pathname.startsWith('/2020-05-31') || /^\/console\/(session|check-page|try|preview)/.test(url.pathname);
  if (!isApi && dist) return file(dist, url.pathname, response);
  const result = answer(state, { method: request.method, url, headers: request.headers, body: body.toString() });
  response.writeHead(result.status, { 'content-type': 'application/json', ...result.headers });
  response.end(result.body === undefined ? '' : typeof result.body === 'string' ? result.body : JSON.stringify(result.body));
}

async function file(dist, path, response) {
  const below = normalize(path.replace(/^\/console\/?/, '')).replace(/^(\.\.[/\\])+/, '');
  const wanted = extname(below) ? below : 'index.html';
  try {
    const content = await readFile(join(dist, wanted));
    response.writeHead(200, { 'content-type': TYPES[extname(wanted)] ?? 'application/octet-stream', 'content-security-policy': POLICY });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const option = (name, otherwise) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : process.argv[at + 1];
  };
  const state = newState({ distributions: Number(option('distributions', '40')) });
  const server = mockServer({ state, dist: option('dist') });
  server.listen(Number(option('port', '8790')), '127.0.0.1', () => {
    console.log(`http://127.0.0.1:${server.address().port}/console/ with access key ${state.keyPair.accessKeyId}, secret ${state.keyPair.secretAccessKey}`);
  });
}
