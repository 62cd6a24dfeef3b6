// The fields of a cache behavior: in its own form, and in that of a new distribution.

import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { ChoiceField, TextField } from '../../components/fields';
import { PolicyField } from '../../components/policy-field';
import { METHODS, VIEWER_PROTOCOLS } from '../../domain/behavior';
import type { BehaviorErrors, BehaviorForm } from '../../domain/behavior';

interface Props {
  form: BehaviorForm;
  errors: BehaviorErrors;
  onChange: (change: Partial<BehaviorForm>) => void;
  isDefault: boolean;
  /** What it can point to; undefined where there is only one origin. */
  targets?: string[];
  hasLegacySettings: boolean;
}

export function BehaviorFields({ form, errors, onChange, isDefault, targets, hasLegacySettings }: Props) {
  return (
    <SpaceBetween size="l">
      {!isDefault && (
        <TextField
          label="Path pattern"
          value={form.pathPattern}
          placeholder="/images/*"
          description="* is any number of characters, also slashes; ? is exactly one. Capital and small letters differ."
          constraint="At most 255 characters. A new behavior comes first in order; move it afterwards if it should not."
          error={errors.pathPattern}
          onChange={(pathPattern) => onChange({ pathPattern: pathPattern.trim() })}
        />
      )}
      {targets && (
        <ChoiceField
          label="Origin or origin group"
          value={form.target}
          choices={targets.map((target) => ({ value: target, label: target }))}
          placeholder="Choose an origin"
          error={errors.target}
          isFiltered={targets.length > 8}
          onChange={(target) => onChange({ target })}
        />
      )}
      <FormField label="Compress objects automatically" description="Texts are sent compressed to viewers who accept it.">
        <RadioGroup value={form.isCompressed ? 'yes' : 'no'} items={[{ value: 'yes', label: 'Yes' }, { value: 'no', label: 'No' }]} onChange={({ detail }) => onChange({ isCompressed: detail.value === 'yes' })} />
      </FormField>
      <FormField label="Viewer protocol policy" errorText={errors.viewerProtocolPolicy}>
        <RadioGroup value={form.viewerProtocolPolicy} items={VIEWER_PROTOCOLS} onChange={({ detail }) => onChange({ viewerProtocolPolicy: detail.value })} />
      </FormField>
      <FormField label="Allowed HTTP methods" description="Other methods are answered with 403." errorText={errors.methods}>
        <SpaceBetween size="xs">
          <RadioGroup value={form.methods} items={METHODS} onChange={({ detail }) => onChange({ methods: detail.value })} />
          {form.methods !== 'read' && (
            <Checkbox checked={form.areOptionsCached} onChange={({ detail }) => onChange({ areOptionsCached: detail.checked })}>
              Cache answers to OPTIONS too
            </Checkbox>
          )}
        </SpaceBetween>
      </FormField>
      <PolicyField
        kind="cache-policy"
        label="Cache policy"
        value={form.cachePolicyId}
        none={hasLegacySettings ? 'None: keep the legacy cache settings' : undefined}
        description="What tells cached objects apart, and how long they stay."
        error={errors.cachePolicyId}
        onChange={(cachePolicyId) => onChange({ cachePolicyId })}
      />
      <PolicyField
        kind="origin-request-policy"
        label="Origin request policy - optional"
        value={form.originRequestPolicyId}
        none="None"
        description="What the origin gets to see beyond that."
        error={errors.originRequestPolicyId}
        onChange={(originRequestPolicyId) => onChange({ originRequestPolicyId })}
      />
      <PolicyField
        kind="response-headers-policy"
        label="Response headers policy - optional"
        value={form.responseHeadersPolicyId}
        none="None"
        description="Headers that viewers get in addition, or do not get."
        error={errors.responseHeadersPolicyId}
        onChange={(responseHeadersPolicyId) => onChange({ responseHeadersPolicyId })}
      />
    </SpaceBetween>
  );
}
