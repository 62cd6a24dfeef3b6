// Create or edit a custom error response. Fields and words as in CloudFront; the rule of each stands beside it.

import { useState } from 'react';
import { useParams } from 'react-router';
import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';

import type { Failure } from '../../api/failure';
import type { Distribution, DistributionConfig, Versioned } from '../../api/types';
import { ConfigForm } from '../../components/config-form';
import { GoButton, segment } from '../../components/links';
import type { Edit } from '../../components/review';
import { WithDistribution } from '../../components/with-distribution';
import { EMPTY_FORM, errorsOf, formOf, responseOf, responsesOf, withResponse } from '../../domain/error-response';
import type { ErrorResponseForm } from '../../domain/error-response';
import { behaviorFor } from '../../domain/path-pattern';
import { messageAt } from '../../domain/problems';
import { cachingNote, ERROR_CODES, RESPONSE_CODES, statusLabel } from '../../domain/statuses';
import { duration } from '../../domain/texts';
import { usePlace } from '../../shell/frame';

export default function ErrorResponsePage() {
  const { id = '', code } = useParams();
  const title = code ? `Edit custom error response ${code}` : 'Create custom error response';
  usePlace(
    [
      { text: 'Distributions', path: '/distributions' },
      { text: id, path: `/distributions/${segment(id)}/general` },
      { text: 'Error pages', path: `/distributions/${segment(id)}/error-pages` },
      { text: title, path: '' },
    ],
    'form',
  );
  return <WithDistribution>{(found) => <Loaded key={`${id} ${code ?? ''}`} found={found} code={code ? Number(code) : undefined} title={title} />}</WithDistribution>;
}

interface LoadedProps {
  found: Versioned<Distribution>;
  code: number | undefined;
  title: string;
}

function Loaded({ found, code, title }: LoadedProps) {
  // The version that the person sees; a newer one is dealt with when it is saved.
  const [base] = useState(found);
  const existing = responsesOf(base.value.DistributionConfig).find((response) => response.ErrorCode === code);
  if (code !== undefined && !existing) {
    return (
      <Alert type="warning" header={`There is no custom error response for ${code}`} action={<GoButton to={`/distributions/${segment(base.value.Id)}/error-pages`}>Error pages</GoButton>}>
        It may have been deleted meanwhile.
      </Alert>
    );
  }
  return <ErrorResponseEditor base={base} initial={existing ? formOf(existing) : EMPTY_FORM} code={code} title={title} />;
}

interface EditorProps {
  base: Versioned<Distribution>;
  initial: ErrorResponseForm;
  code: number | undefined;
  title: string;
}

export function ErrorResponseEditor({ base, initial, code, title }: EditorProps) {
  const config = base.value.DistributionConfig;
  const [form, setForm] = useState(initial);
  const [isChecked, setIsChecked] = useState(false);
  const [refusal, setRefusal] = useState<Failure | null>(null);
  const used = responsesOf(config).map((response) => response.ErrorCode).filter((other) => other !== code);
  const errors = errorsOf(form, used);
  const set = (change: Partial<ErrorResponseForm>) => {
    setForm((before) => ({ ...before, ...change }));
    setRefusal(null);
  };
  const at = place(config, code ?? form.errorCode);
  const told = (field: keyof ErrorResponseForm, member: string) =>
    (isChecked ? errors[field] : undefined) ?? messageAt(refusal?.problems ?? [], `${at}.${member}`);
  const edit = (): Edit => ({
    title,
    done: `Custom error response for ${form.errorCode} ${code === undefined ? 'created' : 'changed'}`,
    apply: (other) => withResponse(other, responseOf(form), code),
  });
  return (
    <ConfigForm
      base={base}
      title={title}
      description="What viewers get when an origin answers with an error or does not answer, and how long that is remembered."
      backTo={`/distributions/${segment(base.value.Id)}/error-pages`}
      isDirty={JSON.stringify(form) !== JSON.stringify(initial)}
      check={() => {
        setIsChecked(true);
        return Object.keys(errors).length === 0;
      }}
      edit={edit}
      fieldPaths={() => ['ErrorCode', 'ErrorCachingMinTTL', 'ResponsePagePath', 'ResponseCode'].map((member) => `${at}.${member}`)}
      refusal={refusal}
      onRefusal={setRefusal}
    >
      <Container header={<Header variant="h2">Error</Header>}>
        <SpaceBetween size="l">
          <ErrorCodeField form={form} used={used} isFixed={code !== undefined} error={told('errorCode', 'ErrorCode')} onChange={set} />
          <MinimumTtlField form={form} error={told('minimumTtl', 'ErrorCachingMinTTL')} onChange={set} />
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">Response</Header>}>
        <SpaceBetween size="l">
          <FormField label="Customize error response" description="Yes: viewers get a page of yours. No: they get the error as it is; only the time above applies.">
            <RadioGroup
              value={form.isCustomized ? 'yes' : 'no'}
              items={[{ value: 'no', label: 'No' }, { value: 'yes', label: 'Yes' }]}
              onChange={({ detail }) => set({ isCustomized: detail.value === 'yes' })}
            />
          </FormField>
          {form.isCustomized && <PagePathField config={config} form={form} error={told('pagePath', 'ResponsePagePath')} onChange={set} />}
          {form.isCustomized && <ResponseCodeField form={form} error={told('responseCode', 'ResponseCode')} onChange={set} />}
        </SpaceBetween>
      </Container>
    </ConfigForm>
  );
}

/** Where the entry is, or will be, in the document. */
function place(config: DistributionConfig, code: number | null): string {
  const responses = responsesOf(config);
  const at = responses.findIndex((response) => response.ErrorCode === code);
  return `CustomErrorResponses.Items[${at < 0 ? responses.length : at}]`;
}

interface FieldProps {
  form: ErrorResponseForm;
  error: string | undefined;
  onChange: (change: Partial<ErrorResponseForm>) => void;
}

function ErrorCodeField({ form, used, isFixed, error, onChange }: FieldProps & { used: number[]; isFixed: boolean }) {
  const options = ERROR_CODES.map((code) => ({
    value: String(code),
    label: statusLabel(code),
    disabled: used.includes(code),
    disabledReason: 'Has a custom error response already.',
    labelTag: used.includes(code) ? 'In use' : undefined,
  }));
  const selected = options.find((option) => option.value === String(form.errorCode)) ?? null;
  return (
    <FormField
      label="HTTP error code"
      description={isFixed ? 'The code of an existing entry stays. Create another entry for another code.' : 'The status of your origin for which this applies. Each code can have one custom error response.'}
      errorText={error}
    >
      <Select
        placeholder="Choose an HTTP error code"
        options={options}
        selectedOption={selected}
        disabled={isFixed}
        onChange={({ detail }) => onChange({ errorCode: Number(detail.selectedOption.value) })}
      />
    </FormField>
  );
}

function MinimumTtlField({ form, error, onChange }: FieldProps) {
  const seconds = /^\d+$/.test(form.minimumTtl) ? Number(form.minimumTtl) : null;
  const note = form.errorCode === null ? '' : cachingNote(form.errorCode);
  return (
    <FormField
      label="Error caching minimum TTL"
      description={`How long an error is remembered before your origin is asked again. ${note}`}
      constraintText={`Whole seconds, 0 to 31536000. ${seconds !== null && seconds >= 60 ? `This is ${duration(seconds)}.` : seconds === 0 ? 'With 0 every request asks the origin.' : ''}`}
      errorText={error}
    >
      <Input value={form.minimumTtl} inputMode="numeric" onChange={({ detail }) => onChange({ minimumTtl: detail.value.trim() })} />
    </FormField>
  );
}

function PagePathField({ config, form, error, onChange }: FieldProps & { config: DistributionConfig }) {
  const match = form.pagePath.startsWith('/') ? behaviorFor(config, form.pagePath) : null;
  return (
    <FormField
      label="Response page path"
      description="The page comes through the cache behavior that matches its path, from that behavior's origin. Keep it on another origin than the one that fails."
      constraintText={match
        ? `Begins with a slash; no query string. This path is served by the cache behavior ${match.pathPattern} from ${match.settings.TargetOriginId}.`
        : 'Begins with a slash; no query string. Characters beyond ASCII are percent-encoded.'}
      errorText={error}
    >
      <Input value={form.pagePath} placeholder="/errors/404.html" spellcheck={false} onChange={({ detail }) => onChange({ pagePath: detail.value })} />
    </FormField>
  );
}

function ResponseCodeField({ form, error, onChange }: FieldProps) {
  const options = RESPONSE_CODES.map((code) => ({ value: String(code), label: statusLabel(code) }));
  return (
    <FormField
      label="HTTP response code"
      description="The status that viewers get with the page. Programs and search engines see it: 200 tells them that nothing is wrong."
      errorText={error}
    >
      <Select
        placeholder="Choose an HTTP response code"
        options={options}
        selectedOption={options.find((option) => option.value === String(form.responseCode)) ?? null}
        onChange={({ detail }) => onChange({ responseCode: Number(detail.selectedOption.value) })}
      />
    </FormField>
  );
}
