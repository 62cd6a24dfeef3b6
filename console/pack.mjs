// Packs what `npm run build` made into one file that is committed and travels inside the binary.
//
//   node pack.mjs OUTPUT            writes it
//   node pack.mjs OUTPUT --check    tells whether it is what the sources and the build give
//
// The format, which crates/console reads: a line with name and version, a line with the digest of the sources, a line for
// each file (compressed length, plain length, digest, path), an empty line, then the compressed bodies in that order. Nothing
// in it depends on time or machine; Brotli's output may differ between versions of Node.js, so that the check compares
// what comes out, not what is stored.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

const HERE = import.meta.dirname;

/** Everything that decides what is built. */
const SOURCES = ['index.html', 'package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts', 'public', 'src'];

const digest = (content) => createHash('sha256').update(content).digest('hex');

/** All files at or below `path`, in the order of their bytes. */
function files(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => files(join(path, name)));
}

const named = (root, path) => relative(root, path).split(sep).join('/');

function listed(root, paths) {
  const found = paths.flatMap((path) => files(join(root, path))).map((path) => [named(root, path), readFileSync(path)]);
  return found.sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
}

function sourcesDigest() {
  return digest(listed(HERE, SOURCES).map(([path, content]) => `${digest(content)} ${path}\n`).join(''));
}

function compressed(content) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  return brotliCompressSync(content, { params });
}

function pack() {
  const entries = listed(join(HERE, 'dist'), ['.']).map(([path, content]) => ({ path, content, body: compressed(content) }));
  const lines = entries.map(({ path, content, body }) => `${body.length} ${content.length} ${digest(content)} ${path}\n`);
  const head = `warmfront console 1\nsources ${sourcesDigest()}\n${lines.join('')}\n`;
  return Buffer.concat([Buffer.from(head), ...entries.map((entry) => entry.body)]);
}

/** The head, and the plain bodies: what two packs must have in common. */
function meaning(packed) {
  const end = packed.indexOf('\n\n') + 2;
  const lines = packed.subarray(0, end).toString().trimEnd().split('\n');
  let at = end;
  const plain = lines.slice(2).map((line) => {
    const [length, ...rest] = line.split(' ');
    const body = packed.subarray(at, at + Number(length));
    at += Number(length);
    return `${rest.join(' ')} ${digest(brotliDecompressSync(body))}`;
  });
  return [lines[0], lines[1], ...plain];
}

const [output, option] = process.argv.slice(2);
const made = pack();
if (option === '--check') {
  const [kept, wanted] = [meaning(readFileSync(output)), meaning(made)];
  const wrong = [...wanted.filter((line) => !kept.includes(line)).map((line) => `missing: ${line}`), ...kept.filter((line) => !wanted.includes(line)).map((line) => `not built: ${line}`)];
  if (wrong.length > 0) {
    console.error(`The pack is not what the sources give:\n${wrong.join('\n')}`);
    process.exit(1);
  }
  console.log(`The pack is what the sources give (${kept.length - 2} files).`);
} else {
  writeFileSync(output, made);
  console.log(`${output}: ${made.length} bytes`);
}
