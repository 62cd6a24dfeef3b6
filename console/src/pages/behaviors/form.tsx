import { useState } from 'react';
import { useParams } from 'react-router';
import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';

import type { Failure, Problem } from '../../api/failure';
import type { BehaviorSettings, Distribution, DistributionConfig, Versioned } from '../../api/types';
import { ConfigForm } from '../../components/config-form';
import { GoButton, segment } from '../../components/links';
import type { Edit } from '../../components/review';
import { WithDistribution } from '../../components/with-distribution';
import {
  behaviorErrors, behaviorFormOf, behaviorsOf, DEFAULT, EMPTY_BEHAVIOR, withBehavior,
} from '../../domain/behavior';
import type { BehaviorErrors, BehaviorForm } from '../../domain/behavior';
import { targetsOf } from '../../domain/origin';
import { messageAt } from '../../domain/problems';
import { usePlace } from '../../shell/frame';
import { BehaviorFields } from './fields';

export default function BehaviorPage() {
  const { id = '', pattern } = useParams();
  const title = pattern === undefined ? 'Create behavior' : pattern === DEFAULT ? 'Edit the default behavior' : `Edit behavior ${pattern}`;
  usePlace(
    [
      { text: 'Distributions', path: '/distributions' },
      { text: id, path: `/distributions/${segment(id)}/general` },
      { text: 'Behaviors', path: `/distributions/${segment(id)}/behaviors` },
      { text: title, path: '' },
    ],
    'form',
  );
  return <WithDistribution>{(found) => <Loaded key={`${id} ${pattern ?? ''}`} found={found} pattern={pattern} title={title} />}</WithDistribution>;
}

function Loaded({ found, pattern, title }: { found: Versioned<Distribution>; pattern: string | undefined; title: string }) {
  const [base] = useState(found);
  const config = base.value.DistributionConfig;
  const existing = settingsAt(config, pattern);
  const backTo = `/distributions/${segment(base.value.Id)}/behaviors`;
  const targets = targetsOf(config);
  const [initial] = useState<BehaviorForm>(() =>
    existing ? behaviorFormOf(existing, pattern) : { ...EMPTY_BEHAVIOR, target: targets.length === 1 ? targets[0]! : '' });
  const [form, setForm] = useState(initial);
  const [isChecked, setIsChecked] = useState(false);
  const [refusal, setRefusal] = useState<Failure | null>(null);
  if (pattern !== undefined && !existing) {
    return <Alert type="warning" header={`There is no cache behavior ${pattern}`} action={<GoButton to={backTo}>Behaviors</GoButton>}>It may have been deleted meanwhile.</Alert>;
  }
  const isDefault = pattern === DEFAULT;
  const others = behaviorsOf(config).map((behavior) => behavior.PathPattern).filter((other) => other !== pattern);
  const hasLegacySettings = existing?.ForwardedValues !== undefined;
  const wrong = behaviorErrors(form, isDefault, others, hasLegacySettings);
  const place = behaviorPlace(config, pattern);
  const edit = (): Edit => ({
    title,
    done: isDefault ? 'Default cache behavior changed' : `Cache behavior ${form.pathPattern} ${existing ? 'changed' : 'created'}`,
    apply: (other) => withBehavior(other, form, pattern),
  });
  return (
    <ConfigForm
      base={base}
      title={title}
      backTo={backTo}
      isDirty={JSON.stringify(form) !== JSON.stringify(initial)}
      check={() => {
        setIsChecked(true);
        return Object.keys(wrong).length === 0;
      }}
      edit={edit}
      fieldPaths={() => Object.values(MEMBERS).map((member) => `${place}.${member}`)}
      refusal={refusal}
      onRefusal={setRefusal}
    >
      <Container>
        <BehaviorFields
          form={form}
          errors={{ ...refusedBehavior(refusal?.problems ?? [], place), ...(isChecked ? wrong : {}) }}
          isDefault={isDefault}
          targets={targets}
          hasLegacySettings={hasLegacySettings}
          onChange={(change) => {
            setForm((before) => ({ ...before, ...change }));
            setRefusal(null);
          }}
        />
      </Container>
    </ConfigForm>
  );
}

function settingsAt(config: DistributionConfig, pattern: string | undefined): BehaviorSettings | undefined {
  if (pattern === DEFAULT) return config.DefaultCacheBehavior;
  return behaviorsOf(config).find((behavior) => behavior.PathPattern === pattern);
}

/** Where a behavior is, or will be, in the document; a new one comes first. */
function behaviorPlace(config: DistributionConfig, pattern: string | undefined): string {
  if (pattern === DEFAULT) return 'DefaultCacheBehavior';
  const at = behaviorsOf(config).findIndex((behavior) => behavior.PathPattern === pattern);
  return `CacheBehaviors.Items[${Math.max(at, 0)}]`;
}

const MEMBERS: Partial<Record<keyof BehaviorForm, string>> = {
  pathPattern: 'PathPattern',
  target: 'TargetOriginId',
  viewerProtocolPolicy: 'ViewerProtocolPolicy',
  methods: 'AllowedMethods',
  cachePolicyId: 'CachePolicyId',
  originRequestPolicyId: 'OriginRequestPolicyId',
  responseHeadersPolicyId: 'ResponseHeadersPolicyId',
};

/** The refusals of a behavior's fields. */
export function refusedBehavior(problems: readonly Problem[], place: string): BehaviorErrors {
  const errors: BehaviorErrors = {};
  for (const [field, member] of Object.entries(MEMBERS)) {
    const message = messageAt(problems, `${place}.${member}`);
    if (message) errors[field as keyof BehaviorForm] = message;
  }
  return errors;
}
