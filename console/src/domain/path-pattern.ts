// Path patterns of cache behaviors: which one serves a path, as far as the console shows it.

import { items } from '../api/distributions';
import type { BehaviorSettings, DistributionConfig } from '../api/types';

/** `*` is any number of characters, slashes too, `?` is exactly one; case matters, a leading slash does not. */
export function matches(pattern: string, path: string): boolean {
  const wanted = pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`;
  return glob(wanted, path.split('?')[0] ?? '');
}

/** Two positions and one place to go back to: no pattern takes longer than the product of the lengths. */
function glob(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') [star, mark, p] = [p, t, p + 1];
    else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) [p, t] = [p + 1, t + 1];
    else if (star >= 0) [p, mark, t] = [star + 1, mark + 1, mark + 1];
    else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

export interface Match {
  pathPattern: string;
  isDefault: boolean;
  settings: BehaviorSettings;
}

/** The first cache behavior that matches, else the default one. */
export function behaviorFor(config: DistributionConfig, path: string): Match {
  const found = items(config.CacheBehaviors).find((behavior) => matches(behavior.PathPattern, path));
  return found
    ? { pathPattern: found.PathPattern, isDefault: false, settings: found }
    : { pathPattern: 'Default (*)', isDefault: true, settings: config.DefaultCacheBehavior };
}

const ALLOWED = /^[A-Za-z0-9_\-.*?$/~"'@:+&]+$/;

export function patternError(pattern: string, others: readonly string[]): string | undefined {
  if (pattern === '') return 'Enter a path pattern, for example /images/*.';
  if (pattern.length > 255) return 'A path pattern may have at most 255 characters.';
  if (!ALLOWED.test(pattern)) return 'Accepted: letters, digits and _ - . * ? $ / ~ " \' @ : + &.';
  return others.includes(pattern) ? 'Another cache behavior has this path pattern.' : undefined;
}
