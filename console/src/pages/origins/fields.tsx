// The fields of an origin: in its own form, and in that of a new distribution.

import { useState } from 'react';
import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { ChoiceField, TextField } from '../../components/fields';
import { useOriginAccessControls } from '../../components/queries';
import { bucketOf } from '../../domain/commands';
import { PROTOCOLS } from '../../domain/origin';
import type { OriginErrors, OriginForm } from '../../domain/origin';
import { AccessControlModal } from './access-control-modal';
import { Grant } from './grant';

interface Props {
  form: OriginForm;
  errors: OriginErrors;
  onChange: (change: Partial<OriginForm>) => void;
  /** The distribution's ARN, for the grant; unknown before it is created. */
  arn?: string;
}

export function OriginFields({ form, errors, onChange, arn }: Props) {
  const rename = (domainName: string): Partial<OriginForm> => ({
    domainName,
    ...(form.id === '' || form.id === form.domainName ? { id: domainName } : {}),
    ...(bucketOf(domainName) !== undefined && bucketOf(form.domainName) === undefined ? { kind: 'bucket' as const } : {}),
  });
  return (
    <SpaceBetween size="l">
      <TextField
        label="Origin domain"
        value={form.domainName}
        placeholder="origin.example.com or bucket.s3.example.com"
        description="The name of the server or bucket, without scheme, port and path."
        error={errors.domainName}
        onChange={(value) => onChange(rename(value.trim()))}
      />
      <TextField
        label="Name"
        value={form.id}
        description="What cache behaviors call this origin."
        error={errors.id}
        onChange={(id) => onChange({ id })}
      />
      <TextField
        label="Origin path - optional"
        value={form.originPath}
        placeholder="/site"
        description="Put before the path of every request to the origin."
        constraint="Begins with a slash and does not end with one."
        error={errors.originPath}
        onChange={(originPath) => onChange({ originPath })}
      />
      <FormField label="Origin type" description="A bucket speaks S3: names such as bucket.s3.example.com. Everything else is a server.">
        <RadioGroup
          value={form.kind}
          items={[{ value: 'bucket', label: 'Bucket' }, { value: 'server', label: 'Server' }]}
          onChange={({ detail }) => onChange({ kind: detail.value === 'bucket' ? 'bucket' : 'server' })}
        />
      </FormField>
      {form.kind === 'bucket' && <AccessField form={form} error={errors.originAccessControlId} onChange={onChange} arn={arn} />}
      {form.kind === 'server' && <ServerFields form={form} errors={errors} onChange={onChange} />}
      <HeadersField form={form} error={errors.headers} onChange={onChange} />
      <ExpandableSection headerText="Attempts and timeouts" defaultExpanded={Boolean(errors.connectionAttempts ?? errors.connectionTimeout ?? errors.responseTimeout ?? errors.keepaliveTimeout)}>
        <TimeoutFields form={form} errors={errors} onChange={onChange} />
      </ExpandableSection>
    </SpaceBetween>
  );
}

function AccessField({ form, error, onChange, arn }: { form: OriginForm; error?: string; onChange: Props['onChange']; arn?: string }) {
  const controls = useOriginAccessControls();
  const [isCreating, setIsCreating] = useState(false);
  const choices = (controls.data ?? [])
    .filter((control) => control.OriginAccessControlOriginType === 's3')
    .map((control) => ({ value: control.Id, label: control.Name, description: control.Id }));
  return (
    <SpaceBetween size="m">
      <ChoiceField
        label="Origin access control"
        value={form.originAccessControlId}
        choices={[{ value: '', label: 'None: the bucket is public', description: '' }, ...choices]}
        description="Requests to the bucket are signed, so that the bucket can stay private."
        error={error}
        isLoading={controls.isLoading}
        isFiltered={choices.length > 8}
        onChange={(originAccessControlId) => onChange({ originAccessControlId })}
        secondary={<Button formAction="none" onClick={() => setIsCreating(true)}>Create new</Button>}
      />
      {form.originAccessControlId !== '' && arn !== undefined && <Grant domainName={form.domainName} arn={arn} />}
      {isCreating && (
        <AccessControlModal
          suggestedName={form.domainName}
          onClose={() => setIsCreating(false)}
          onCreated={(originAccessControlId) => {
            setIsCreating(false);
            onChange({ originAccessControlId });
          }}
        />
      )}
    </SpaceBetween>
  );
}

function ServerFields({ form, errors, onChange }: { form: OriginForm; errors: OriginErrors; onChange: Props['onChange'] }) {
  return (
    <SpaceBetween size="l">
      <FormField label="Protocol" description="How the origin is asked. Match viewer: as the viewer asked." errorText={errors.protocol}>
        <RadioGroup value={form.protocol} items={PROTOCOLS} onChange={({ detail }) => onChange({ protocol: detail.value })} />
      </FormField>
      <ColumnLayout columns={2}>
        {form.protocol !== 'https-only' && (
          <TextField label="HTTP port" isNumber value={form.httpPort} constraint="80, 443, or 1024 to 65535." error={errors.httpPort} onChange={(httpPort) => onChange({ httpPort })} />
        )}
        {form.protocol !== 'http-only' && (
          <TextField label="HTTPS port" isNumber value={form.httpsPort} constraint="80, 443, or 1024 to 65535." error={errors.httpsPort} onChange={(httpsPort) => onChange({ httpsPort })} />
        )}
      </ColumnLayout>
    </SpaceBetween>
  );
}

function TimeoutFields({ form, errors, onChange }: { form: OriginForm; errors: OriginErrors; onChange: Props['onChange'] }) {
  return (
    <ColumnLayout columns={2}>
      <TextField label="Connection attempts" isNumber value={form.connectionAttempts} constraint="1 to 3." error={errors.connectionAttempts} onChange={(connectionAttempts) => onChange({ connectionAttempts })} />
      <TextField label="Connection timeout (seconds)" isNumber value={form.connectionTimeout} constraint="1 to 10." error={errors.connectionTimeout} onChange={(connectionTimeout) => onChange({ connectionTimeout })} />
      <TextField label="Response timeout (seconds)" isNumber value={form.responseTimeout} constraint="1 to 120. Beyond it viewers get 504." error={errors.responseTimeout} onChange={(responseTimeout) => onChange({ responseTimeout })} />
      {form.kind === 'server' && (
        <TextField label="Keep-alive timeout (seconds)" isNumber value={form.keepaliveTimeout} constraint="1 to 300." error={errors.keepaliveTimeout} onChange={(keepaliveTimeout) => onChange({ keepaliveTimeout })} />
      )}
    </ColumnLayout>
  );
}

const MAX_HEADERS = 30;

function HeadersField({ form, error, onChange }: { form: OriginForm; error?: string; onChange: Props['onChange'] }) {
  const { headers } = form;
  const set = (at: number, change: Partial<{ name: string; value: string }>) =>
    onChange({ headers: headers.map((header, index) => (index === at ? { ...header, ...change } : header)) });
  return (
    <FormField label="Custom headers - optional" description="Sent with every request to the origin." errorText={error} stretch>
      <AttributeEditor
        items={headers}
        addButtonText="Add header"
        removeButtonText="Remove"
        removeButtonAriaLabel={(header) => `Remove ${header.name || 'header'}`}
        disableAddButton={headers.length >= MAX_HEADERS}
        empty="No custom headers"
        onAddButtonClick={() => onChange({ headers: [...headers, { name: '', value: '' }] })}
        onRemoveButtonClick={({ detail }) => onChange({ headers: headers.filter((_, index) => index !== detail.itemIndex) })}
        definition={[
          { label: 'Header name', control: (header, index) => <Input value={header.name} spellcheck={false} ariaLabel={`Name of header ${index + 1}`} onChange={({ detail }) => set(index, { name: detail.value.trim() })} /> },
          { label: 'Value', control: (header, index) => <Input value={header.value} spellcheck={false} ariaLabel={`Value of header ${index + 1}`} onChange={({ detail }) => set(index, { value: detail.value })} /> },
        ]}
      />
    </FormField>
  );
}
