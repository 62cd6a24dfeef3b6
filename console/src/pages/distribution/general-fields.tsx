// General settings: in their own form, and in that of a new distribution.

import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';

import { ChoiceField, TextField } from '../../components/fields';
import { HTTP_VERSIONS, PRICE_CLASSES } from '../../domain/general';
import type { GeneralErrors, GeneralForm } from '../../domain/general';

interface Props {
  form: GeneralForm;
  errors: GeneralErrors;
  onChange: (change: Partial<GeneralForm>) => void;
}

export function GeneralFields({ form, errors, onChange }: Props) {
  return (
    <SpaceBetween size="l">
      <TextField label="Description - optional" value={form.comment} constraint={`${form.comment.length} of 128 characters.`} error={errors.comment} onChange={(comment) => onChange({ comment })} />
      <FormField
        label="Alternate domain names (CNAMEs) - optional"
        description="Names of your own that viewers may use, one on each line. A name can belong to one distribution only."
        errorText={errors.aliases}
      >
        <Textarea value={form.aliases} rows={3} placeholder="www.example.com" spellcheck={false} onChange={({ detail }) => onChange({ aliases: detail.value })} />
      </FormField>
      <TextField
        label="Default root object - optional"
        value={form.defaultRootObject}
        placeholder="index.html"
        description="What answers a request for /."
        constraint="Without a slash at the beginning."
        error={errors.defaultRootObject}
        onChange={(defaultRootObject) => onChange({ defaultRootObject: defaultRootObject.trim() })}
      />
      <ChoiceField label="Supported HTTP versions" value={form.httpVersion} choices={HTTP_VERSIONS} error={errors.httpVersion} onChange={(httpVersion) => onChange({ httpVersion })} />
      <ChoiceField label="Price class" value={form.priceClass} choices={PRICE_CLASSES} description="Kept for CloudFront's sake; your own edges serve everything." error={errors.priceClass} onChange={(priceClass) => onChange({ priceClass })} />
      <FormField label="IPv6">
        <RadioGroup value={form.isIpv6Enabled ? 'on' : 'off'} items={[{ value: 'on', label: 'On' }, { value: 'off', label: 'Off' }]} onChange={({ detail }) => onChange({ isIpv6Enabled: detail.value === 'on' })} />
      </FormField>
    </SpaceBetween>
  );
}

const PATHS: Record<keyof GeneralForm, string> = {
  comment: 'Comment', aliases: 'Aliases', defaultRootObject: 'DefaultRootObject', priceClass: 'PriceClass',
  httpVersion: 'HttpVersion', isIpv6Enabled: 'IsIPV6Enabled',
};

export const GENERAL_PATHS = Object.entries(PATHS) as [keyof GeneralForm, string][];
