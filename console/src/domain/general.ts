// General settings of a distribution: the form's fields, the rules beside them, the way to the document and back.

import { counted, items } from '../api/distributions';
import type { DistributionConfig } from '../api/types';

export interface GeneralForm {
  comment: string;
  aliases: string;
  defaultRootObject: string;
  priceClass: string;
  httpVersion: string;
  isIpv6Enabled: boolean;
}

export type GeneralErrors = Partial<Record<keyof GeneralForm, string>>;

export const PRICE_CLASSES = [
  { value: 'PriceClass_All', label: 'All edge locations' },
  { value: 'PriceClass_200', label: 'Price class 200' },
  { value: 'PriceClass_100', label: 'Price class 100' },
];

export const HTTP_VERSIONS = [
  { value: 'http1.1', label: 'HTTP/1.1' },
  { value: 'http2', label: 'HTTP/2 and HTTP/1.1' },
  { value: 'http3', label: 'HTTP/3 and HTTP/1.1' },
  { value: 'http2and3', label: 'HTTP/3, HTTP/2 and HTTP/1.1' },
];

export const EMPTY_GENERAL: GeneralForm = {
  comment: '', aliases: '', defaultRootObject: '', priceClass: 'PriceClass_All', httpVersion: 'http2', isIpv6Enabled: true,
};

export function generalOf(config: DistributionConfig): GeneralForm {
  return {
    comment: config.Comment,
    aliases: items(config.Aliases).join('\n'),
    defaultRootObject: config.DefaultRootObject ?? '',
    priceClass: config.PriceClass ?? EMPTY_GENERAL.priceClass,
    httpVersion: config.HttpVersion ?? EMPTY_GENERAL.httpVersion,
    isIpv6Enabled: config.IsIPV6Enabled ?? true,
  };
}

export function withGeneral(config: DistributionConfig, form: GeneralForm): DistributionConfig {
  return {
    ...config,
    Comment: form.comment,
    Aliases: counted(aliasesOf(form)),
    DefaultRootObject: form.defaultRootObject,
    PriceClass: form.priceClass,
    HttpVersion: form.httpVersion,
    IsIPV6Enabled: form.isIpv6Enabled,
  };
}

export function aliasesOf(form: GeneralForm): string[] {
  return form.aliases.split(/[\s,]+/).filter(Boolean);
}

const NAME = /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

export function generalErrors(form: GeneralForm): GeneralErrors {
  const errors: GeneralErrors = {};
  if (form.comment.length > 128) errors.comment = 'A description may have at most 128 characters.';
  const aliases = aliasesOf(form);
  const wrong = aliases.find((alias) => !NAME.test(alias));
  const twice = aliases.find((alias, index) => aliases.indexOf(alias) !== index);
  if (wrong) errors.aliases = `${wrong} is not a domain name. Accepted: names such as www.example.com or *.example.com.`;
  else if (twice) errors.aliases = `${twice} is there twice.`;
  else if (aliases.length > 100) errors.aliases = 'A distribution may have at most 100 alternate domain names.';
  if (form.defaultRootObject.startsWith('/')) errors.defaultRootObject = 'No slash at the beginning: index.html, not /index.html.';
  else if (form.defaultRootObject.length > 255) errors.defaultRootObject = 'At most 255 characters.';
  return errors;
}
