// A new distribution, from what the form asks for. The server fills in the rest.

import { counted } from '../api/distributions';
import type { DistributionConfig } from '../api/types';
import { settingsOf } from './behavior';
import type { BehaviorForm } from './behavior';
import { withGeneral } from './general';
import type { GeneralForm } from './general';
import { originOf } from './origin';
import type { OriginForm } from './origin';

export function newConfig(callerReference: string, origin: OriginForm, behavior: BehaviorForm, general: GeneralForm, isEnabled: boolean): DistributionConfig {
  return withGeneral(
    {
      CallerReference: callerReference,
      Origins: counted([originOf(origin)]),
      DefaultCacheBehavior: settingsOf({ ...behavior, target: origin.id }),
      CacheBehaviors: { Quantity: 0 },
      CustomErrorResponses: { Quantity: 0 },
      Comment: '',
      Enabled: isEnabled,
    },
    general,
  );
}

/** A token of the caller's own; the same one never makes two distributions. */
export function newReference(): string {
  // Not randomUUID: browsers have that only where the page came over HTTPS or from this machine.
  const random = crypto.getRandomValues(new Uint8Array(12));
  return `console-${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
