// Every page: light and dark, at desktop and phone width. Axe finds nothing, the browser complains of nothing, no other
// address is asked, and there is a screenshot to look at.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { inspect, inspectDark, launch, settled, shoot, signIn, SIZES, visit } from './browser.mjs';
import { startOrigin } from './outside.mjs';
import { apiOf, IS_MOCK, start } from './subject.mjs';
import { seed } from './seed.mjs';

let subject;
let browser;
let id;
let origin;

before(async () => {
  subject = await start();
  browser = await launch();
  origin = await startOrigin();
  id = await seed(await apiOf(subject), IS_MOCK, { site: origin, bucket: 'suite-pages', buckets: subject.buckets });
});

after(async () => {
  await browser?.close();
  origin?.close();
  await subject?.close();
});

const choice = (at) => async (page) => page.getByRole('radio').nth(at).check();

/** Name, path below the console, what shows that it is there, and what is done on it. */
const pages = () => [
  ['distributions', '/distributions', (page) => page.getByRole('table', { name: 'Distributions' }).getByRole('link', { name: id })],
  ['create-distribution', '/distributions/create', heading('Create distribution')],
  ['general', `/distributions/${id}/general`, (page) => page.getByText('Distribution domain name')],
  ['general-edit', `/distributions/${id}/general/edit`, heading('Edit settings')],
  ['origins', `/distributions/${id}/origins`, (page) => page.getByRole('radio', { name: 'pages' }), choice(1)],
  ['origin-create', `/distributions/${id}/origins/create`, heading('Create origin')],
  ['origin-edit', `/distributions/${id}/origins/pages/edit`, (page) => page.getByRole('region', { name: 'Bucket policy' })],
  ['behaviors', `/distributions/${id}/behaviors`, (page) => page.getByRole('radio', { name: '/errors/*' }), async (page) => page.getByLabel('Path to look up').fill('/errors/404.html')],
  ['behavior-create', `/distributions/${id}/behaviors/create`, heading('Create behavior')],
  ['error-pages', `/distributions/${id}/error-pages`, (page) => page.getByRole('radio', { name: /404/ }), async (page) => {
    await page.getByRole('radio', { name: /404/ }).check();
    await preview(page).getByRole('heading', { name: 'Not here' }).waitFor();
    assert.equal(await preview(page).getByText('A script ran.').count(), 0);
  }],
  ['error-page-warned', `/distributions/${id}/error-pages`, (page) => page.getByRole('radio', { name: /503/ }), async (page) => {
    await page.getByRole('radio', { name: /503/ }).check();
    await page.getByText('The page fails together with what it is for').waitFor();
  }],
  ['error-page-create', `/distributions/${id}/error-pages/create`, heading('Create custom error response'), async (page) => {
    await page.getByRole('radio', { name: 'Yes' }).check();
    await page.getByRole('button', { name: 'Review changes' }).click();
    await page.getByText('Enter the path of the page.').waitFor();
  }],
  ['error-page-review', `/distributions/${id}/error-pages/404/edit`, heading('Edit custom error response 404'), async (page) => {
    await page.getByLabel('Error caching minimum TTL').fill('77');
    await page.getByRole('button', { name: 'Review changes' }).click();
    await page.getByRole('dialog').getByRole('tab', { name: 'As JSON, side by side' }).click();
    await page.getByRole('region', { name: 'Before and After as JSON' }).waitFor();
  }],
  ['try', `/distributions/${id}/error-pages/try`, heading('Try it'), async (page) => {
    await page.getByLabel('URL').fill('/index.html');
    await page.getByRole('button', { name: 'See the answer' }).click();
    await page.getByRole('heading', { name: 'Why' }).waitFor();
  }],
  ['invalidations', `/distributions/${id}/invalidations`, heading('Invalidations')],
  ['invalidation-create', `/distributions/${id}/invalidations/create`, heading('Create invalidation')],
  ['tags', `/distributions/${id}/tags`, heading('Tags')],
  ['tags-edit', `/distributions/${id}/tags/edit`, heading('Manage tags')],
  ['no-such-page', '/nowhere', heading('There is no such page')],
  ['no-such-distribution', '/distributions/ENOSUCH/general', heading('There is no distribution ENOSUCH')],
];

function heading(name) {
  return (page) => page.getByRole('heading', { name }).first();
}

const preview = (page) => page.frameLocator('iframe.preview');

for (const size of Object.keys(SIZES)) {
  test(`every page is accessible and quiet, ${size}`, { timeout: 600_000 }, async (suite) => {
    const page = await visit(browser, subject, { size });
    const look = async (name) => {
      const where = `${name}-${size}`;
      await settled(page);
      await shoot(page, `${where}-light`);
      await inspect(page, where);
      await inspectDark(page, where);
    };
    await page.open('/distributions');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await look('sign-in');
    await signIn(page);
    for (const [name, path, sign, act] of pages()) {
      await suite.test(name, async () => {
        await page.open(path);
        await sign(page).waitFor();
        await act?.(page);
        await look(name);
      });
    }
    await page.context().close();
  });
}
