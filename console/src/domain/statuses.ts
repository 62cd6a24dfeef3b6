// The HTTP status codes that custom error responses know, with their names.

/** HTTP error codes that may have a custom error response. */
export const ERROR_CODES = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504] as const;

/** HTTP response codes that a viewer may get with the page. */
export const RESPONSE_CODES = [200, ...ERROR_CODES] as const;

const NAMES: Record<number, string> = {
  200: 'OK', 301: 'Moved Permanently', 302: 'Found', 304: 'Not Modified',
  400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed',
  414: 'URI Too Long', 416: 'Range Not Satisfiable', 429: 'Too Many Requests',
  500: 'Internal Server Error', 501: 'Not Implemented', 502: 'Bad Gateway', 503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** `404: Not Found`. */
export function statusLabel(code: number): string {
  const name = NAMES[code];
  return name ? `${code}: ${name}` : String(code);
}

/** When an error is remembered, in one sentence (behaviors B02 to B05). */
export function cachingNote(code: number): string {
  if (code === 416) return 'Errors with this code are never remembered, so the time has no effect.';
  if (code === 400 || code === 403 || code === 405) {
    return 'Errors with this code are remembered only when the origin sends max-age or s-maxage with them.';
  }
  return 'Errors with this code are remembered for at least this long; a longer lifetime that the origin sends with the error wins.';
}
