import { describe, expect, it } from 'vitest';

import { items } from '../src/api/distributions';
import type { DistributionConfig } from '../src/api/types';
import { behaviorErrors, behaviorFormOf, DEFAULT, EMPTY_BEHAVIOR, settingsOf, withBehavior, withOrder } from '../src/domain/behavior';
import { changesBetween, stable } from '../src/domain/changes';
import { bucketOf, bucketPolicy, invalidateCommand, quoted, updateCommand } from '../src/domain/commands';
import { generalErrors, EMPTY_GENERAL } from '../src/domain/general';
import { pathsError, pathsOf } from '../src/domain/invalidation';
import { sideBySide } from '../src/domain/line-diff';
import { EMPTY_ORIGIN, originErrors, originFormOf, originOf, usersOf, withOrigin } from '../src/domain/origin';
import { behaviorFor, matches, patternError } from '../src/domain/path-pattern';
import { elsewhere, messageAt } from '../src/domain/problems';
import { Failure } from '../src/api/failure';
import { tagChanges, tagErrors } from '../src/domain/tags';
import { duration } from '../src/domain/texts';
import { newState } from '../dev/state.mjs';

const shop = (): DistributionConfig => structuredClone([...newState({}).distributions.values()][0].config);

describe('path patterns', () => {
  it.each([
    ['/images/*', '/images/a/b.jpg', true], ['images/*', '/images/a.jpg', true], ['*.jpg', '/a/b.jpg', true], ['*', '/', true],
    ['/a?c', '/abc', true], ['/a?c', '/ac', false], ['/A', '/a', false], ['/a*b*c', '/axbxbxc', true], ['/a*b*c', '/axcxb', false],
    ['/a', '/a?query', true], ['/[ab]', '/a', false], ['/a.c', '/abc', false],
  ])('%s and %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  it('the first that matches serves, the default one the rest', () => {
    expect(behaviorFor(shop(), '/errors/cat.jpg').pathPattern).toBe('/errors/*');
    expect(behaviorFor(shop(), '/cat.jpg').pathPattern).toBe('*.jpg');
    expect(behaviorFor(shop(), '/other')).toMatchObject({ isDefault: true, settings: { TargetOriginId: 'shop' } });
  });

  it('stops in time whatever the pattern is', () => {
    expect(matches(`${'*a'.repeat(100)}b`, 'a'.repeat(3000))).toBe(false);
  });

  it('are refused with the reason', () => {
    expect(patternError('', [])).toMatch(/Enter/);
    expect(patternError('/ä', [])).toMatch(/Accepted/);
    expect(patternError('/x', ['/x'])).toMatch(/Another/);
    expect(patternError('/x*?.$', [])).toBeUndefined();
  });
});

describe('a change in words', () => {
  it('names settings and entries as people know them', () => {
    const before = shop();
    const after = shop();
    after.Comment = 'Shop';
    after.CustomErrorResponses!.Items![0]!.ErrorCachingMinTTL = 0;
    after.CustomErrorResponses!.Items!.splice(1, 1);
    after.Origins.Items![0]!.CustomOriginConfig!.HTTPSPort = 8443;
    const told = changesBetween(before, after).map((change) => `${change.kind} ${change.place}: ${change.before} to ${change.after}`);
    expect(told.sort()).toEqual([
      'changed Custom error response 404 › Error caching minimum TTL (seconds): 30 to 0',
      'changed Description: The shop to Shop',
      'changed Origin shop › Server › HTTPS port: 443 to 8443',
      'removed Custom error response 503: HTTP error code: 503; Response page path: /sorry.html; HTTP response code: 503; Error caching minimum TTL (seconds): 5 to undefined',
    ]);
  });

  it('sees nothing where nothing is said differently', () => {
    const other = shop();
    other.OriginGroups = { Quantity: 0, Items: [] };
    expect(changesBetween(shop(), other)).toEqual([]);
    expect(stable({ b: 1, a: undefined })).toBe(stable({ b: 1 }));
  });

  it('tells an order from a change of what is ordered', () => {
    const changed = withOrder(shop(), ['/api/*', '/errors/*', '*.jpg']);
    expect(changesBetween(shop(), changed)).toEqual([
      { place: 'Order of cache behaviors', kind: 'moved', before: '/errors/*, /api/*, *.jpg', after: '/api/*, /errors/*, *.jpg' },
    ]);
  });
});

describe('line differences', () => {
  it('stand side by side with a little around them', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const changed = lines.map((line, index) => (index === 15 ? 'other' : line));
    const rows = sideBySide(lines.join('\n'), changed.join('\n'));
    expect(rows.map((row) => row.kind)).toEqual(['gap', 'same', 'same', 'same', 'changed', 'same', 'same', 'same', 'gap']);
    expect(rows[0]?.hidden).toBe(12);
    expect(rows[4]).toMatchObject({ left: { number: 16, text: 'line 15' }, right: { number: 16, text: 'other' } });
  });

  it('give both texts back, whatever they are', () => {
    const random = (seed: number) => Array.from({ length: 12 }, (_, index) => 'abc'[((seed * 7 + index * 13) ^ (seed >> (index % 3))) % 3] ?? 'a').join('\n');
    for (let seed = 0; seed < 200; seed += 1) {
      const [before, after] = [random(seed), random(seed * 31 + 5)];
      const rows = sideBySide(before, after);
      if (rows.some((row) => row.kind === 'gap')) continue;
      expect(rows.flatMap((row) => row.left?.text ?? []).join('\n')).toBe(before);
      expect(rows.flatMap((row) => row.right?.text ?? []).join('\n')).toBe(after);
    }
  });
});

describe('what is pasted', () => {
  it('survives every shell', () => {
    expect([quoted('/a*'), quoted("it's"), quoted('E1'), quoted('$(x)'), quoted('')]).toEqual(["'/a*'", "'it'\\''s'", 'E1', "'$(x)'", "''"]);
    expect(invalidateCommand('http://127.0.0.1:9000', 'E1', ['/a b', '/*'])).toBe(
      "aws cloudfront create-invalidation --endpoint-url http://127.0.0.1:9000 \\\n  --distribution-id E1 \\\n  --paths '/a b' '/*'",
    );
    const command = updateCommand('http://h', 'E1', 'E2', { Comment: "END_OF\n'$x" });
    expect(command).toContain('--if-match E2');
    expect(JSON.parse(command.split("'END_OF_DOCUMENT'\n")[1]!.split('\nEND_OF_DOCUMENT\n')[0]!)).toEqual({ Comment: "END_OF\n'$x" });
  });

  it('grants one distribution and nothing else', () => {
    const policy = JSON.parse(bucketPolicy('pages', 'arn:d', true));
    expect(policy.Statement.map((statement: { Action: string; Resource: string }) => [statement.Action, statement.Resource])).toEqual([
      ['s3:GetObject', 'arn:aws:s3:::pages/*'], ['s3:ListBucket', 'arn:aws:s3:::pages'],
    ]);
    expect(policy.Statement.every((statement: { Condition: unknown }) => JSON.stringify(statement.Condition).includes('arn:d'))).toBe(true);
    expect(JSON.parse(bucketPolicy('pages', 'arn:d', false)).Statement).toHaveLength(1);
  });

  it.each([
    ['pages.s3.localhost', 'pages'], ['pages.s3.eu-west-1.amazonaws.com', 'pages'], ['a.b.s3.example.com', 'a.b'], ['www.example.com', undefined], ['s3.example.com', undefined],
  ])('the bucket of %s', (name, bucket) => {
    expect(bucketOf(name)).toBe(bucket);
  });
});

describe('origins', () => {
  it('are the same after the way through the form', () => {
    for (const origin of items(shop().Origins)) expect(stable(originOf(originFormOf(origin), origin))).toBe(stable(origin));
  });

  it.each([
    ['domainName', 'https://example.com', /without/], ['domainName', 'example.com/x', /path/], ['domainName', 'example.com:80', /port/], ['domainName', '', /Enter/],
    ['id', 'taken', /Another/], ['originPath', 'x', /slash/], ['originPath', '/x/', /end/], ['httpPort', '81', /1024/], ['httpsPort', '70000', /65535/],
    ['connectionAttempts', '4', /1 to 3/], ['connectionTimeout', '0', /1 to 10/], ['responseTimeout', 'x', /1 to 120/],
  ] as const)('%s must not be %s', (field, value, expected) => {
    const form = { ...EMPTY_ORIGIN, id: 'o', domainName: 'example.com', [field]: value };
    expect(originErrors(form, ['taken'])[field]).toMatch(expected);
  });

  it('take their users with them when they are renamed, and say who they are', () => {
    const form = { ...originFormOf(items(shop().Origins)[0]!), id: 'store' };
    const changed = withOrigin(shop(), form, 'shop');
    expect(changed.DefaultCacheBehavior.TargetOriginId).toBe('store');
    expect(usersOf(changed, 'store')).toEqual(['the default cache behavior', 'the cache behavior *.jpg']);
    expect(usersOf(changed, 'shop')).toEqual([]);
  });
});

describe('cache behaviors', () => {
  it('are the same after the way through the form', () => {
    for (const behavior of items(shop().CacheBehaviors)) {
      expect(stable(settingsOf(behaviorFormOf(behavior, behavior.PathPattern), behavior))).toBe(stable(behavior));
    }
  });

  it('a new one comes first, the default one stays the default one', () => {
    const patterns = (config: DistributionConfig) => items(config.CacheBehaviors).map((behavior) => behavior.PathPattern);
    const form = { ...EMPTY_BEHAVIOR, pathPattern: '/new', target: 'api' };
    expect(settingsOf(form)).toMatchObject({ SmoothStreaming: false, LambdaFunctionAssociations: { Quantity: 0 }, FieldLevelEncryptionId: '' });
    expect(patterns(withBehavior(shop(), form))).toEqual(['/new', '/errors/*', '/api/*', '*.jpg']);
    expect(withBehavior(shop(), form, DEFAULT).DefaultCacheBehavior.TargetOriginId).toBe('api');
    expect(patterns(withBehavior(shop(), form, DEFAULT))).toEqual(patterns(shop()));
  });

  it('a cache policy ends the legacy settings, which otherwise stay', () => {
    const legacy = { TargetOriginId: 'a', ViewerProtocolPolicy: 'allow-all', ForwardedValues: { QueryString: true }, MinTTL: 1 };
    const form = behaviorFormOf(legacy);
    expect(settingsOf(form, legacy)).toMatchObject({ ForwardedValues: { QueryString: true }, MinTTL: 1 });
    expect(settingsOf({ ...form, cachePolicyId: 'p' }, legacy)).not.toHaveProperty('ForwardedValues');
    expect(behaviorErrors(form, true, [], true)).toEqual({});
    expect(behaviorErrors(form, true, [], false)).toHaveProperty('cachePolicyId');
  });
});

describe('everything else', () => {
  it.each([
    ['/a\n/b*', undefined], ['', /at least one/], ['a', /slash/], ['/a*b', /asterisk/], ['/a b', /percent/], ['/a\n/a', /twice/],
    [Array.from({ length: 16 }, (_, index) => `/${index}*`).join('\n'), /15/],
  ])('invalidation paths %j', (text, expected) => {
    if (expected) expect(pathsError(pathsOf(text))).toMatch(expected);
    else expect(pathsError(pathsOf(text))).toBeUndefined();
  });

  it.each([
    [{ comment: 'x'.repeat(129) }, 'comment'], [{ aliases: 'www.example.com\nwww.example.com' }, 'aliases'], [{ aliases: 'no_dot' }, 'aliases'], [{ defaultRootObject: '/index.html' }, 'defaultRootObject'],
  ])('general settings %j', (change, field) => {
    expect(Object.keys(generalErrors({ ...EMPTY_GENERAL, ...change }))).toEqual([field]);
    expect(generalErrors({ ...EMPTY_GENERAL, aliases: 'www.example.com, *.shop.example.com' })).toEqual({});
  });

  it('tags: what is wrong, and what has to be done', () => {
    expect(tagErrors([{ Key: 'a' }, { Key: 'a' }, { Key: 'aws:x' }, { Key: '' }, { Key: 'b', Value: '§' }]).map(Boolean)).toEqual([false, true, true, true, true]);
    expect(tagChanges([{ Key: 'a', Value: '1' }, { Key: 'b' }, { Key: 'c' }], [{ Key: 'a', Value: '2' }, { Key: 'b', Value: '' }, { Key: 'd' }])).toEqual({
      set: [{ Key: 'a', Value: '2' }, { Key: 'd' }], remove: ['c'],
    });
  });

  it('a refusal belongs to the field that its path names, or to none', () => {
    const problems = [{ code: 'x', path: 'Aliases.Items[0]', message: 'taken' }, { code: 'y', path: 'AliasesOther', message: 'other' }];
    expect(messageAt(problems, 'Aliases')).toBe('taken');
    expect(messageAt(problems, 'Comment')).toBeUndefined();
    expect(elsewhere(new Failure('refused', 'no', { problems }), ['Aliases']).map((problem) => problem.message)).toEqual(['other']);
  });

  it('times in words', () => {
    expect([duration(60), duration(90), duration(31_536_000), duration(0)]).toEqual(['1 minute', '1 minute 30 seconds', '365 days', '0 seconds']);
  });
});
