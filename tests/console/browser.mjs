// The browser, and what is watched on every page: accessibility, complaints of the browser, requests to other addresses.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { KEY_PAIR, ROOT } from './subject.mjs';

const require = createRequire(join(ROOT, 'console/package.json'));
const { chromium } = require('playwright-core');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];

export const SHOTS = process.env.WARMFRONT_CONSOLE_SHOTS ?? join(ROOT, 'target/console');
export const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

export function launch() {
  // The sandbox wants rights that continuous integration often does not give; only our own pages are opened.
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
}

/** A page of a new visitor. Whatever the browser complains about is kept in `page.complaints`. */
export async function visit(browser, subject, { size = 'desktop', scheme = 'light' } = {}) {
  const context = await browser.newContext({ viewport: SIZES[size], colorScheme: scheme });
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // The browser notes every status that is an error; those are the tests' business. And that a page in its
    // preview ran no script is what is wanted.
    const isExpected = /^Failed to load resource|^Blocked script execution in '[^']*\/console\/preview\//.test(message.text());
    if (message.type() === 'error' && !isExpected) page.complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(subject.api) && !/^(data|about|blob):/.test(request.url())) page.complaints.push(`asked ${request.url()}`);
  });
  page.open = (path) => page.goto(`${subject.api}/console${path}`);
  return page;
}

export async function signIn(page, keyPair = KEY_PAIR) {
  await page.getByLabel('Access key ID').fill(keyPair.accessKeyId);
  await page.getByLabel('Secret access key').fill(keyPair.secretAccessKey);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('navigation', { name: 'Breadcrumbs' }).waitFor();
}

/** Chooses in a select by the beginning of its option. */
export async function choose(page, label, option) {
  await page.getByRole('button', { name: label }).click();
  await page.getByRole('option', { name: option }).click();
}

/** Reviews and saves, and waits until the change is live. */
export async function save(page) {
  await page.getByRole('button', { name: 'Review changes' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click();
  await live(page);
}

export async function live(page) {
  await page.getByText('The change is live').first().waitFor();
}

/** The same page in the dark; only its colors are others. */
export async function inspectDark(page, where) {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('body.awsui-dark-mode').waitFor();
  // Colors change little by little.
  await page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState !== 'running'));
  await shoot(page, `${where}-dark`);
  await inspect(page, `${where} in the dark`, { type: 'rule', values: ['color-contrast'] });
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Nothing is still being loaded. */
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector('[class*="awsui_spinner"], [class*="awsui_status-loading"]') === null);
}

/** Nothing that axe finds, no complaint of the browser, nothing that scrolls sideways. */
export async function inspect(page, where, only = { type: 'tag', values: RULES }) {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setBypassCSP', { enabled: true });
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly }), only);
  const told = violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html.slice(0, 200)).join(' | ')}`);
  assert.deepEqual(told, [], `axe on ${where}`);
  assert.deepEqual(page.complaints, [], `complaints on ${where}`);
  const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
  assert.equal(isWide, false, `${where} scrolls sideways`);
}

export async function shoot(page, name) {
  mkdirSync(SHOTS, { recursive: true });
  // The header stays at the top of the window, so that a picture of a page that was scrolled has it in the middle.
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}
