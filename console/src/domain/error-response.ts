// Custom error responses: what the form holds, the rules beside its fields, and the way to the document and back.

import { counted, items } from '../api/distributions';
import type { CustomErrorResponse, DistributionConfig } from '../api/types';
import { ERROR_CODES, RESPONSE_CODES } from './statuses';

/** The form's fields as a person fills them in. */
export interface ErrorResponseForm {
  errorCode: number | null;
  minimumTtl: string;
  isCustomized: boolean;
  pagePath: string;
  responseCode: number | null;
}

export type FieldErrors = Partial<Record<keyof ErrorResponseForm, string>>;

/** CloudFront's value where nothing is said, in seconds. */
export const DEFAULT_MINIMUM_TTL = 10;
export const MAXIMUM_TTL = 31_536_000;
const MAXIMUM_PATH = 4000;

export const EMPTY_FORM: ErrorResponseForm = {
  errorCode: null,
  minimumTtl: String(DEFAULT_MINIMUM_TTL),
  isCustomized: false,
  pagePath: '',
  responseCode: null,
};

export function formOf(response: CustomErrorResponse): ErrorResponseForm {
  return {
    errorCode: response.ErrorCode,
    minimumTtl: String(response.ErrorCachingMinTTL ?? DEFAULT_MINIMUM_TTL),
    isCustomized: Boolean(response.ResponsePagePath),
    pagePath: response.ResponsePagePath ?? '',
    responseCode: response.ResponseCode ? Number(response.ResponseCode) : null,
  };
}

/** All four members are always there: an update without one of them is refused. */
export function responseOf(form: ErrorResponseForm): CustomErrorResponse {
  return {
    ErrorCode: form.errorCode ?? 0,
    ResponsePagePath: form.isCustomized ? form.pagePath : '',
    ResponseCode: form.isCustomized && form.responseCode !== null ? String(form.responseCode) : '',
    ErrorCachingMinTTL: Number(form.minimumTtl),
  };
}

/** What is wrong with the form, by field. `used` are the codes that have another entry already. */
export function errorsOf(form: ErrorResponseForm, used: readonly number[]): FieldErrors {
  const errors: FieldErrors = {};
  if (form.errorCode === null) errors.errorCode = 'Choose the HTTP error code that this is for.';
  else if (!ERROR_CODES.some((code) => code === form.errorCode)) errors.errorCode = `Accepted: ${ERROR_CODES.join(', ')}.`;
  else if (used.includes(form.errorCode)) errors.errorCode = 'This code has a custom error response already. Edit that one.';
  const ttl = ttlError(form.minimumTtl);
  if (ttl) errors.minimumTtl = ttl;
  if (!form.isCustomized) return errors;
  const path = pathError(form.pagePath);
  if (path) errors.pagePath = path;
  if (form.responseCode === null) errors.responseCode = 'Choose the status that viewers get with the page.';
  else if (!RESPONSE_CODES.some((code) => code === form.responseCode)) errors.responseCode = `Accepted: ${RESPONSE_CODES.join(', ')}.`;
  return errors;
}

export function ttlError(text: string): string | undefined {
  if (!/^\d+$/.test(text.trim())) return 'Enter a whole number of seconds, 0 or more.';
  return Number(text) > MAXIMUM_TTL ? 'Enter at most 31536000 seconds (one year).' : undefined;
}

export function pathError(path: string): string | undefined {
  if (path === '') return 'Enter the path of the page.';
  if (!path.startsWith('/')) return 'The path must begin with a slash, for example /errors/404.html.';
  if (path.length > MAXIMUM_PATH) return `The path may have at most ${MAXIMUM_PATH} characters.`;
  if (/[?#]/.test(path)) return 'The path must not have a query string or a fragment.';
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return 'A percent sign must be followed by two hexadecimal digits.';
  if (/[^\x21-\x7e]|["<>\\^`{|}]/.test(path)) return 'Spaces, characters beyond ASCII and "<>\\^`{|} must be percent-encoded.';
  return undefined;
}

export function responsesOf(config: DistributionConfig): CustomErrorResponse[] {
  return items(config.CustomErrorResponses);
}

/** The configuration with this entry, in the place of the one for `replaces` or at the end. */
export function withResponse(
  config: DistributionConfig,
  response: CustomErrorResponse,
  replaces?: number,
): DistributionConfig {
  const before = responsesOf(config);
  const at = before.findIndex((entry) => entry.ErrorCode === (replaces ?? response.ErrorCode));
  const entries = at < 0 ? [...before, response] : before.map((entry, index) => (index === at ? response : entry));
  return { ...config, CustomErrorResponses: counted(entries) };
}

export function withoutResponse(config: DistributionConfig, errorCode: number): DistributionConfig {
  const entries = responsesOf(config).filter((entry) => entry.ErrorCode !== errorCode);
  return { ...config, CustomErrorResponses: counted(entries) };
}
