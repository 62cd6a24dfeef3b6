import { describe, expect, it } from 'vitest';

import type { DistributionConfig } from '../src/api/types';
import { EMPTY_FORM, errorsOf, formOf, pathError, responseOf, responsesOf, ttlError, withoutResponse, withResponse } from '../src/domain/error-response';

const valid = { errorCode: 404, minimumTtl: '10', isCustomized: true, pagePath: '/errors/404.html', responseCode: 404 };

const config = { CustomErrorResponses: { Quantity: 2, Items: [{ ErrorCode: 404, ResponsePagePath: '/a', ResponseCode: '404', ErrorCachingMinTTL: 1 }, { ErrorCode: 500, ErrorCachingMinTTL: 2 }] } } as DistributionConfig;

describe('a custom error response', () => {
  it.each([
    ['nothing is wrong with a whole form', {}, {}],
    ['a code must be chosen', { errorCode: null }, { errorCode: /Choose/ }],
    ['a code outside of the list is refused', { errorCode: 418 }, { errorCode: /400, 403, 404/ }],
    ['a code in use is refused', { errorCode: 503 }, { errorCode: /already/ }],
    ['seconds are whole', { minimumTtl: '1.5' }, { minimumTtl: /whole/ }],
    ['seconds are not negative', { minimumTtl: '-1' }, { minimumTtl: /whole/ }],
    ['seconds are there', { minimumTtl: '' }, { minimumTtl: /whole/ }],
    ['a year is the most', { minimumTtl: '31536001' }, { minimumTtl: /31536000/ }],
    ['a page needs a path', { pagePath: '' }, { pagePath: /Enter/ }],
    ['a page needs a response code', { responseCode: null }, { responseCode: /Choose/ }],
    ['a response code is 200 or an error code', { responseCode: 302 }, { responseCode: /200, 400/ }],
    ['without a page neither is asked for', { isCustomized: false, pagePath: 'x', responseCode: null }, {}],
  ])('%s', (_name, change, expected) => {
    const errors = errorsOf({ ...valid, ...change }, [503]);
    expect(Object.keys(errors)).toEqual(Object.keys(expected));
    for (const [field, pattern] of Object.entries(expected)) expect(errors[field as keyof typeof errors]).toMatch(pattern as RegExp);
  });

  it.each([
    ['/', undefined], ['/errors/%C3%A9.html', undefined], ["/a-b_c.(d)~e'f!,;:@&=+$*", undefined],
    ['errors/404.html', /slash/], ['https://example.com/404.html', /slash/], ['/a?b', /query/], ['/a#b', /query/], ['/a b', /percent-encoded/],
    ['/é', /percent-encoded/], ['/100%', /hexadecimal/], ['/%zz', /hexadecimal/], [`/${'a'.repeat(4000)}`, /4000/],
  ])('the path %s', (path, expected) => {
    if (expected) expect(pathError(path)).toMatch(expected);
    else expect(pathError(path)).toBeUndefined();
  });

  it('takes zero and a year', () => {
    expect([ttlError('0'), ttlError('31536000')]).toEqual([undefined, undefined]);
  });

  it('always has its four members, since an update without one of them is refused', () => {
    expect(responseOf({ ...EMPTY_FORM, errorCode: 500 })).toEqual({ ErrorCode: 500, ResponsePagePath: '', ResponseCode: '', ErrorCachingMinTTL: 10 });
    expect(responseOf(valid)).toEqual({ ErrorCode: 404, ResponsePagePath: '/errors/404.html', ResponseCode: '404', ErrorCachingMinTTL: 10 });
  });

  it('is the same after the way through the form', () => {
    for (const response of responsesOf(config)) {
      expect(responseOf(formOf(response))).toEqual({ ResponsePagePath: '', ResponseCode: '', ...response });
    }
  });

  it('replaces its own entry, is added behind the others, and leaves with its count', () => {
    const codes = (changed: DistributionConfig) => [changed.CustomErrorResponses?.Quantity, ...responsesOf(changed).map((response) => response.ErrorCode)];
    expect(codes(withResponse(config, { ErrorCode: 503 }))).toEqual([3, 404, 500, 503]);
    expect(codes(withResponse(config, { ErrorCode: 404, ErrorCachingMinTTL: 9 }, 404))).toEqual([2, 404, 500]);
    expect(codes(withoutResponse(config, 404))).toEqual([1, 500]);
    expect(withoutResponse(withoutResponse(config, 404), 500).CustomErrorResponses).toEqual({ Quantity: 0 });
  });
});
