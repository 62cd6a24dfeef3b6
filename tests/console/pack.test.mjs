// What the binary carries is what the sources give: they are built again, and every byte is compared.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

import { ROOT } from './subject.mjs';

function run(program, ...words) {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: join(ROOT, 'console'), encoding: 'utf8' });
  assert.equal(status, 0, `${program} ${words.join(' ')}\n${stdout}${stderr}`);
}

test('the pack is what the sources give', { timeout: 600_000 }, () => {
  run('npm', 'run', 'build');
  run('node', 'pack.mjs', '../crates/console/console.pack', '--check');
});
