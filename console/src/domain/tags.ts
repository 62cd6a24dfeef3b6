// Tags: rules, and the calls that lead from one set to another.

import type { Tag } from '../api/types';

const MAX_TAGS = 50;
const ALLOWED = /^[\p{L}\p{N}\p{Zs}_.:/=+\-@]*$/u;

/** What is wrong with the tag at each place; undefined where nothing is. */
export function tagErrors(tags: readonly Tag[]): ({ key?: string; value?: string } | undefined)[] {
  return tags.map((tag, index) => {
    const key = keyError(tag.Key, tags.slice(0, index).some((other) => other.Key === tag.Key));
    const value = valueError(tag.Value ?? '');
    return key || value ? { key, value } : undefined;
  });
}

function keyError(key: string, isTaken: boolean): string | undefined {
  if (key === '') return 'Enter a key.';
  if (key.length > 128) return 'At most 128 characters.';
  if (/^aws:/i.test(key)) return 'Keys must not begin with aws:.';
  if (!ALLOWED.test(key)) return 'Accepted: letters, digits, spaces and _ . : / = + - @.';
  return isTaken ? 'This key is there already.' : undefined;
}

function valueError(value: string): string | undefined {
  if (value.length > 256) return 'At most 256 characters.';
  return ALLOWED.test(value) ? undefined : 'Accepted: letters, digits, spaces and _ . : / = + - @.';
}

export function tooMany(tags: readonly Tag[]): string | undefined {
  return tags.length > MAX_TAGS ? `At most ${MAX_TAGS} tags.` : undefined;
}

/** What to set and what to take away. */
export function tagChanges(before: readonly Tag[], after: readonly Tag[]): { set: Tag[]; remove: string[] } {
  const valueOf = (tags: readonly Tag[], key: string) => tags.find((tag) => tag.Key === key);
  return {
    set: after.filter((tag) => {
      const earlier = valueOf(before, tag.Key);
      return !earlier || (earlier.Value ?? '') !== (tag.Value ?? '');
    }),
    remove: before.filter((tag) => !valueOf(after, tag.Key)).map((tag) => tag.Key),
  };
}
