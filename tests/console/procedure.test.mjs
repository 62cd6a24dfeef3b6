// The guide's procedure, step by step, as a person does it; after each save, what a viewer gets.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { choose, inspect, launch, live, save, shoot, signIn, visit } from './browser.mjs';
import { bucketCall, startOrigin, view } from './outside.mjs';
import { advance, apiOf, IS_MOCK, KEY_PAIR, start } from './subject.mjs';

const BUCKET = 'suite-pages';
const HTML = { 'content-type': 'text/html' };
const SORRY = '<!doctype html><title>Sorry</title><h1>Back soon</h1>';

let subject;
let browser;
let origin;
let page;

before(async () => {
  if (IS_MOCK) return;
  subject = await start();
  browser = await launch();
  origin = await startOrigin();
  page = await visit(browser, subject);
});

after(async () => {
  await browser?.close();
  origin?.close();
  await subject?.close();
});

/** Steps that build on each other: after one that fails there is a picture of it, and the others are not tried. */
function steps(suite) {
  return async (name, act) => {
    let failure;
    await suite.test(name, async () => {
      try {
        await act();
      } catch (error) {
        failure = error;
        await shoot(page, 'procedure-failed');
        throw error;
      }
    });
    if (failure) throw new Error(`the steps after "${name}" were not tried`);
  };
}

/** The id and the domain name of the one distribution. */
async function only() {
  const { body } = await (await apiOf(subject))('GET', '/distribution');
  assert.equal(body.Quantity, 1);
  return { id: body.Items[0].Id, host: body.Items[0].DomainName, arn: body.Items[0].ARN };
}

test('a person configures error responses, and viewers see it', { skip: IS_MOCK && 'viewers need the binary', timeout: 600_000 }, async (suite) => {
  const step = steps(suite);
  await step('a wrong key pair is refused, the right one signs in, the cookie is out of reach', async () => {
    await page.open('/');
    await page.getByLabel('Access key ID').fill(KEY_PAIR.accessKeyId);
    await page.getByLabel('Secret access key').fill('wrong');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('This key pair is not accepted').waitFor();
    await signIn(page);
    assert.equal(await page.evaluate(() => document.cookie), '');
    const [cookie] = await page.context().cookies();
    assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, 'Strict']);
  });

  await step('a distribution is created from the empty list', async () => {
    await page.getByText('No distributions').waitFor();
    await page.getByRole('link', { name: 'Create distribution' }).first().click();
    await page.getByLabel('Origin domain').fill('site.localhost');
    await page.getByLabel('Name', { exact: true }).fill('site');
    await page.getByRole('radio', { name: 'HTTP only' }).check();
    await page.getByLabel('HTTP port').fill(String(origin.port));
    await page.getByRole('radio', { name: 'HTTP and HTTPS' }).check();
    await page.getByLabel('Description - optional').fill('The shop');
    await page.getByRole('button', { name: 'Review' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Create distribution' }).click();
    await live(page);
    const { host } = await only();
    assert.deepEqual(await view(subject.edge, host, '/').then(({ status, body }) => [status, body]), [200, 'the site']);
  });

  await step('a bucket is added, with an origin access control created in place and its grant', async () => {
    const { id } = await only();
    await page.open(`/distributions/${id}/origins/create`);
    await page.getByLabel('Origin domain').fill(`${BUCKET}.s3.us-east-1.amazonaws.com`);
    await page.getByLabel('Name', { exact: true }).fill('pages');
    await page.getByRole('radio', { name: 'Bucket' }).check();
    await page.getByRole('button', { name: 'Create new' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    const policy = await page.getByRole('region', { name: 'Bucket policy' }).innerText();
    await save(page);
    await bucketCall(subject.buckets, KEY_PAIR, 'PUT', `/${BUCKET}`);
    await bucketCall(subject.buckets, KEY_PAIR, 'PUT', `/${BUCKET}/errors/5xx.html`, SORRY, HTML);
    await bucketCall(subject.buckets, KEY_PAIR, 'PUT', `/${BUCKET}?policy=`, policy);
  });

  await step('a behavior leads /errors/* to the bucket', async () => {
    const { id, host } = await only();
    await page.open(`/distributions/${id}/behaviors/create`);
    await page.getByLabel('Path pattern').fill('/errors/*');
    await choose(page, /Origin or origin group/, 'pages');
    await page.getByRole('radio', { name: 'HTTP and HTTPS' }).check();
    await save(page);
    assert.equal((await view(subject.edge, host, '/errors/5xx.html')).body, SORRY);
  });

  await step('before: viewers get the failure of the origin as it is', async () => {
    const { host } = await only();
    origin.answer = { status: 503, body: 'broken' };
    const seen = await view(subject.edge, host, '/before');
    assert.deepEqual([seen.status, seen.body], [503, 'broken']);
  });

  await step('Create custom error response: viewers get the page with the status that was chosen', async () => {
    const { id, host } = await only();
    await page.open(`/distributions/${id}/error-pages`);
    await page.getByRole('link', { name: 'Create custom error response' }).first().click();
    await choose(page, /HTTP error code/, '503: Service Unavailable');
    await page.getByLabel('Error caching minimum TTL').fill('5');
    await page.getByRole('radio', { name: 'Yes' }).check();
    await page.getByLabel('Response page path').fill('/errors/5xx.html');
    await page.getByText(/served by the cache behavior \/errors\/\* from pages/).waitFor();
    await choose(page, /HTTP response code/, '200: OK');
    await save(page);
    const seen = await view(subject.edge, host, '/while-broken');
    assert.deepEqual([seen.status, seen.body, seen.headers['x-cache']], [200, SORRY, 'Error from cloudfront']);
    await inspect(page, 'error pages after a save');
  });

  await step('Check the page: the page itself, its origin, and that nothing is wrong', async () => {
    const { id } = await only();
    await page.open(`/distributions/${id}/error-pages`);
    await page.getByRole('radio', { name: /503/ }).check();
    await page.getByText('pages (suite-pages.s3.us-east-1.amazonaws.com)').waitFor();
    await page.getByText(`200, text/html, ${SORRY.length} bytes`).waitFor();
    await page.frameLocator('iframe.preview').getByRole('heading', { name: 'Back soon' }).waitFor();
    await page.getByText('Nothing to warn about').waitFor();
  });

  await step('Check the page: where programs write, 200 hides errors', async () => {
    const { id } = await only();
    await page.open(`/distributions/${id}/behaviors`);
    await page.getByRole('radio', { name: /Default/ }).check();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('radio', { name: 'GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE' }).check();
    await save(page);
    await page.open(`/distributions/${id}/error-pages`);
    await page.getByRole('radio', { name: /503/ }).check();
    await page.getByText('200 hides the error from programs').waitFor();
  });

  await step('Check the page: a bucket that lost its grant is named, with the grant to paste', async () => {
    const { id } = await only();
    await bucketCall(subject.buckets, KEY_PAIR, 'DELETE', `/${BUCKET}?policy=`);
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByText('The bucket refuses: the grant is missing').waitFor();
    const grant = await page.getByRole('region', { name: 'Bucket policy' }).innerText();
    assert.match(grant, new RegExp(`distribution/${id}`));
    await bucketCall(subject.buckets, KEY_PAIR, 'PUT', `/${BUCKET}?policy=`, grant);
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByText('The bucket refuses: the grant is missing').waitFor({ state: 'hidden' });
    await page.getByText(`200, text/html, ${SORRY.length} bytes`).waitFor();
  });

  await step('Try it: what viewers would get from an origin that is gone, and why; the origin is not asked', async () => {
    const { id } = await only();
    const asked = origin.asked;
    await page.open(`/distributions/${id}/error-pages/try`);
    await page.getByLabel('URL').fill('/rehearsed');
    await page.getByRole('button', { name: 'See the answer' }).click();
    await page.getByText('custom error response', { exact: false }).first().waitFor();
    await page.getByText('200: OK').waitFor();
    assert.match(await page.getByRole('region', { name: 'Body' }).innerText(), /Back soon/);
    await choose(page, /What if it would/, 'Not answer: connections are refused');
    await page.getByRole('button', { name: 'See the answer' }).click();
    await page.getByText('502: Bad Gateway').waitFor();
    assert.equal(origin.asked, asked);
  });

  await step('Edit: the status changes for viewers', async () => {
    const { id, host } = await only();
    await page.open(`/distributions/${id}/error-pages`);
    await page.getByRole('radio', { name: /503/ }).check();
    await page.getByRole('button', { name: 'Edit' }).click();
    await choose(page, /HTTP response code/, '503: Service Unavailable');
    await save(page);
    const seen = await view(subject.edge, host, '/while-broken-2');
    assert.deepEqual([seen.status, seen.body], [503, SORRY]);
  });

  await step('the refusal of the server is at the field that it is about, and nothing is lost', async () => {
    const { id } = await only();
    await page.open(`/distributions/${id}/error-pages/create`);
    await choose(page, /HTTP error code/, '404: Not Found');
    await page.getByRole('radio', { name: 'Yes' }).check();
    // "a" needs no encoding, and the server wants no other characters encoded than those that need it.
    await page.getByLabel('Response page path').fill('/errors/%61.html');
    await choose(page, /HTTP response code/, '404: Not Found');
    await page.getByRole('button', { name: 'Review changes' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click();
    const field = page.getByLabel('Response page path');
    await page.locator('input[aria-invalid="true"]').waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    assert.equal(await field.inputValue(), '/errors/%61.html');
  });

  await step('an error is remembered as long as was said, then the origin is asked again', async () => {
    const { host } = await only();
    await view(subject.edge, host, '/remembered');
    const asked = origin.asked;
    await view(subject.edge, host, '/remembered');
    assert.equal(origin.asked, asked);
    origin.answer = { status: 200, body: 'again' };
    await advance(subject, 6);
    assert.equal((await view(subject.edge, host, '/remembered')).body, 'again');
  });

  await step('an invalidation of everything makes viewers see the new page', async () => {
    const { id, host } = await only();
    await bucketCall(subject.buckets, KEY_PAIR, 'PUT', `/${BUCKET}/errors/5xx.html`, 'new page', HTML);
    assert.equal((await view(subject.edge, host, '/errors/5xx.html')).body, SORRY);
    await page.open(`/distributions/${id}/invalidations/create`);
    await page.getByRole('radio', { name: 'Everything' }).check();
    await page.getByRole('button', { name: 'Create invalidation' }).click();
    await page.getByText('Completed').waitFor();
    assert.equal((await view(subject.edge, host, '/errors/5xx.html')).body, 'new page');
  });

  await step('Delete: viewers get the failure again', async () => {
    const { id, host } = await only();
    origin.answer = { status: 503, body: 'broken' };
    await page.open(`/distributions/${id}/error-pages`);
    await page.getByRole('radio', { name: /503/ }).check();
    await page.getByRole('button', { name: 'Delete' }).last().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click();
    await live(page);
    assert.equal((await view(subject.edge, host, '/after')).body, 'broken');
  });

  await step('disabled, then deleted after its id was typed', async () => {
    const { id, host } = await only();
    await page.open(`/distributions/${id}/general`);
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click();
    await live(page);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByLabel(`To confirm, type ${id}`).fill(id);
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No distributions').waitFor();
    assert.notEqual((await view(subject.edge, host, '/')).status, 200);
  });

  await step('signing out leads to the sign-in page and ends the session', async () => {
    await page.getByRole('button', { name: /Signed in as/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.deepEqual(page.complaints, []);
  });
});
