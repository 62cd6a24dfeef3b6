// What is around the server: an origin that does what it is told, viewers, and the bucket as its owner uses it.

import { createHash, createHmac } from 'node:crypto';
import { createServer, request as httpRequest } from 'node:http';

/** An origin whose answers can be changed at any time. */
export async function startOrigin() {
  const origin = { answer: { status: 200, body: 'the site' }, asked: 0 };
  const server = createServer((request, response) => {
    origin.asked += 1;
    if (origin.answer === 'nothing') return request.socket.destroy();
    response.writeHead(origin.answer.status, { 'content-type': 'text/html', ...origin.answer.headers });
    response.end(origin.answer.body);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  origin.port = server.address().port;
  origin.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return origin;
}

/** What a viewer gets for a path of a distribution. */
export function view(edge, host, path) {
  const { hostname, port } = new URL(edge);
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ hostname, port, path, headers: { host } }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

/** A signed request to the bucket server, as the bucket's owner sends it. */
export async function bucketCall(buckets, keyPair, method, path, body = '', more = {}) {
  const url = new URL(path, buckets);
  const moment = new Date().toISOString().replace(/[:-]|\.\d{3}/g, '');
  const [day, scope] = [moment.slice(0, 8), `${moment.slice(0, 8)}/us-east-1/s3/aws4_request`];
  const headers = { host: url.host, 'x-amz-content-sha256': sha256(body), 'x-amz-date': moment };
  const names = Object.keys(headers).sort();
  const query = [...url.searchParams].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).sort().join('&');
  const canonical = [method, url.pathname, query, ...names.map((name) => `${name}:${headers[name]}`), '', names.join(';'), sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', moment, scope, sha256(canonical)].join('\n');
  const key = ['us-east-1', 's3', 'aws4_request'].reduce(hmac, hmac(`AWS4${keyPair.secretAccessKey}`, day));
  const authorization = `AWS4-HMAC-SHA256 Credential=${keyPair.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${hmac(key, toSign).toString('hex')}`;
  const { host: _host, ...sent } = headers;
  const answer = await fetch(url, { method, headers: { ...sent, ...more, authorization }, body: body || undefined });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}
