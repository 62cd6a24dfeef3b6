// What is tested: the real binary with its edge and its buckets, or the console's mock server, which has no viewers.

import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export const ROOT = resolve(import.meta.dirname, '../..');
export const IS_MOCK = process.env.WARMFRONT_CONSOLE_MOCK === '1';
export const KEY_PAIR = { accessKeyId: 'WFTESTS0000000000001', secretAccessKey: 'not-a-secret-only-for-tests' };

/** Starts it. `close` ends it and takes its folder away. */
export async function start(...flags) {
  return IS_MOCK ? startMock() : startBinary(flags);
}

async function startMock() {
  const { mockServer } = await import(join(ROOT, 'console/dev/server.mjs'));
  const { newState } = await import(join(ROOT, 'console/dev/state.mjs'));
  const server = mockServer({ state: newState({ distributions: 3, keyPair: KEY_PAIR }), dist: join(ROOT, 'console/dist') });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { api: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

async function startBinary(flags) {
  const folder = mkdtempSync(join(tmpdir(), 'warmfront-console-'));
  const binary = process.env.WARMFRONT ?? join(ROOT, 'target/debug/warmfront');
  const places = ['--edge-http', '127.0.0.1:0', '--edge-https', '127.0.0.1:0', '--api', '127.0.0.1:0', '--buckets', '127.0.0.1:0'];
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith('WARMFRONT'));
  const child = spawn(binary, ['serve', '--data-dir', join(folder, 'data'), ...places, '--virtual-clock', ...flags], {
    env: { ...Object.fromEntries(environment), WARMFRONT_ACCESS_KEY_ID: KEY_PAIR.accessKeyId, WARMFRONT_SECRET_ACCESS_KEY: KEY_PAIR.secretAccessKey },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.pipe(createWriteStream(join(folder, 'log')));
  const words = await readyLine(child);
  return {
    api: words.get('api'), edge: words.get('edge-http'), buckets: words.get('buckets'), process: child,
    close: () => end(child, folder),
  };
}

/** `ready name=value ...`: when everything listens. */
async function readyLine(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('ready ')) return new Map(line.split(' ').slice(1).map((word) => word.split(/=(.*)/s).slice(0, 2)));
  }
  throw new Error('the server ended before it was ready');
}

async function end(child, folder) {
  const ended = new Promise((done) => child.once('exit', done));
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Calls the API in JSON with a session of its own, to prepare what a test is not about. */
export async function apiOf(subject) {
  const headers = { 'x-warmfront-csrf': '1', accept: 'application/json', 'content-type': 'application/json', origin: subject.api };
  const signedIn = await fetch(`${subject.api}/console/session`, { method: 'POST', headers, body: JSON.stringify(KEY_PAIR) });
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0];
  return async (method, path, body, more = {}) => {
    const answer = await fetch(`${subject.api}/2020-05-31${path}`, {
      method, headers: { ...headers, cookie, ...more }, body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return { etag: answer.headers.get('etag'), body: text === '' ? undefined : JSON.parse(text) };
  };
}

/** Moves the time that cache and rules see. */
export async function advance(subject, seconds) {
  const answer = await fetch(`${subject.api}/_warmfront/clock`, { method: 'POST', body: JSON.stringify({ advance_seconds: seconds }) });
  if (!answer.ok) throw new Error(`the clock: ${answer.status}`);
}
