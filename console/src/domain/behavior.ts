// Cache behaviors: the form's fields, the rules beside them, the way to the document and back, and their order.

import { counted, items } from '../api/distributions';
import type { BehaviorSettings, CacheBehavior, DistributionConfig } from '../api/types';
import { patternError } from './path-pattern';

/** What stands for the default cache behavior in addresses: no path pattern can be this. */
export const DEFAULT = 'default behavior';

export interface BehaviorForm {
  pathPattern: string;
  target: string;
  viewerProtocolPolicy: string;
  methods: string;
  areOptionsCached: boolean;
  isCompressed: boolean;
  /** Empty: the legacy settings of the document stay. */
  cachePolicyId: string;
  originRequestPolicyId: string;
  responseHeadersPolicyId: string;
}

export type BehaviorErrors = Partial<Record<keyof BehaviorForm, string>>;

export const VIEWER_PROTOCOLS = [
  { value: 'allow-all', label: 'HTTP and HTTPS' },
  { value: 'redirect-to-https', label: 'Redirect HTTP to HTTPS' },
  { value: 'https-only', label: 'HTTPS only' },
];

export const METHODS: { value: string; label: string; methods: string[] }[] = [
  { value: 'read', label: 'GET, HEAD', methods: ['HEAD', 'GET'] },
  { value: 'options', label: 'GET, HEAD, OPTIONS', methods: ['HEAD', 'GET', 'OPTIONS'] },
  {
    value: 'all', label: 'GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE',
    methods: ['HEAD', 'DELETE', 'POST', 'GET', 'OPTIONS', 'PUT', 'PATCH'],
  },
];

/** The managed policy "CachingOptimized". */
export const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';

export const EMPTY_BEHAVIOR: BehaviorForm = {
  pathPattern: '', target: '', viewerProtocolPolicy: 'redirect-to-https', methods: 'read', areOptionsCached: false,
  isCompressed: true, cachePolicyId: CACHING_OPTIMIZED, originRequestPolicyId: '', responseHeadersPolicyId: '',
};

export function behaviorFormOf(settings: BehaviorSettings, pathPattern = ''): BehaviorForm {
  const allowed = items(settings.AllowedMethods).length;
  return {
    pathPattern,
    target: settings.TargetOriginId,
    viewerProtocolPolicy: settings.ViewerProtocolPolicy,
    methods: allowed > 3 ? 'all' : allowed === 3 ? 'options' : 'read',
    areOptionsCached: items(settings.AllowedMethods?.CachedMethods).includes('OPTIONS'),
    isCompressed: settings.Compress ?? false,
    cachePolicyId: settings.CachePolicyId ?? '',
    originRequestPolicyId: settings.OriginRequestPolicyId ?? '',
    responseHeadersPolicyId: settings.ResponseHeadersPolicyId ?? '',
  };
}

/** What an update must name although the form does not ask for it. */
const COMPLETE = { SmoothStreaming: false, LambdaFunctionAssociations: { Quantity: 0 }, FieldLevelEncryptionId: '' };

/** The settings; members that the form does not know are those of `before`. A cache policy ends the legacy settings. */
export function settingsOf(form: BehaviorForm, before?: BehaviorSettings): BehaviorSettings {
  const allowed = METHODS.find((choice) => choice.value === form.methods)?.methods ?? ['HEAD', 'GET'];
  const cached = form.areOptionsCached && allowed.includes('OPTIONS') ? ['HEAD', 'GET', 'OPTIONS'] : ['HEAD', 'GET'];
  const settings: BehaviorSettings = {
    ...COMPLETE,
    ...before,
    TargetOriginId: form.target,
    ViewerProtocolPolicy: form.viewerProtocolPolicy,
    AllowedMethods: sameWords(items(before?.AllowedMethods), allowed) && sameWords(items(before?.AllowedMethods?.CachedMethods), cached)
      ? before!.AllowedMethods!
      : { ...counted(allowed), CachedMethods: counted(cached) },
    Compress: form.isCompressed,
  };
  choose(settings, 'CachePolicyId', form.cachePolicyId);
  choose(settings, 'OriginRequestPolicyId', form.originRequestPolicyId);
  choose(settings, 'ResponseHeadersPolicyId', form.responseHeadersPolicyId);
  if (form.cachePolicyId !== '') {
    for (const member of ['ForwardedValues', 'MinTTL', 'DefaultTTL', 'MaxTTL'] as const) delete settings[member];
  }
  return settings;
}

function choose(settings: BehaviorSettings, member: 'CachePolicyId' | 'OriginRequestPolicyId' | 'ResponseHeadersPolicyId', id: string): void {
  if (id === '') delete settings[member];
  else settings[member] = id;
}

function sameWords(left: string[], right: string[]): boolean {
  return left.length === right.length && left.every((word) => right.includes(word));
}

export function behaviorsOf(config: DistributionConfig): CacheBehavior[] {
  return items(config.CacheBehaviors);
}

export function behaviorErrors(
  form: BehaviorForm,
  isDefault: boolean,
  otherPatterns: readonly string[],
  hasLegacySettings: boolean,
): BehaviorErrors {
  const errors: BehaviorErrors = {};
  const pattern = isDefault ? undefined : patternError(form.pathPattern, otherPatterns);
  if (pattern) errors.pathPattern = pattern;
  if (form.target === '') errors.target = 'Choose an origin or an origin group.';
  if (form.cachePolicyId === '' && !hasLegacySettings) errors.cachePolicyId = 'Choose a cache policy.';
  if (form.cachePolicyId === '' && form.originRequestPolicyId !== '') {
    errors.originRequestPolicyId = 'An origin request policy needs a cache policy.';
  }
  return errors;
}

/** The configuration with this behavior in the place of the one with the pattern `replaces`, or first in order. */
export function withBehavior(config: DistributionConfig, form: BehaviorForm, replaces?: string): DistributionConfig {
  if (replaces === DEFAULT) {
    return { ...config, DefaultCacheBehavior: settingsOf(form, config.DefaultCacheBehavior) };
  }
  const before = behaviorsOf(config);
  const at = before.findIndex((behavior) => behavior.PathPattern === replaces);
  const behavior = { ...settingsOf(form, before[at]), PathPattern: form.pathPattern };
  const behaviors = at < 0 ? [behavior, ...before] : before.map((other, index) => (index === at ? behavior : other));
  return { ...config, CacheBehaviors: counted(behaviors) };
}

export function withoutBehavior(config: DistributionConfig, pattern: string): DistributionConfig {
  return { ...config, CacheBehaviors: counted(behaviorsOf(config).filter((behavior) => behavior.PathPattern !== pattern)) };
}

/** The configuration with the behaviors in this order; those that it does not name stay behind them. */
export function withOrder(config: DistributionConfig, patterns: readonly string[]): DistributionConfig {
  const before = behaviorsOf(config);
  const rank = (behavior: CacheBehavior) => {
    const at = patterns.indexOf(behavior.PathPattern);
    return at < 0 ? patterns.length : at;
  };
  return { ...config, CacheBehaviors: counted([...before].sort((left, right) => rank(left) - rank(right))) };
}
