import { useState } from 'react';
import { useParams } from 'react-router';
import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';

import type { Failure, Problem } from '../../api/failure';
import type { Distribution, DistributionConfig, Versioned } from '../../api/types';
import { ConfigForm } from '../../components/config-form';
import { GoButton, segment } from '../../components/links';
import type { Edit } from '../../components/review';
import { WithDistribution } from '../../components/with-distribution';
import { EMPTY_ORIGIN, originErrors, originFormOf, originsOf, targetsOf, withOrigin } from '../../domain/origin';
import type { OriginErrors, OriginForm } from '../../domain/origin';
import { messageAt } from '../../domain/problems';
import { usePlace } from '../../shell/frame';
import { OriginFields } from './fields';

export default function OriginPage() {
  const { id = '', originId } = useParams();
  const title = originId === undefined ? 'Create origin' : `Edit origin ${originId}`;
  usePlace(
    [
      { text: 'Distributions', path: '/distributions' },
      { text: id, path: `/distributions/${segment(id)}/general` },
      { text: 'Origins', path: `/distributions/${segment(id)}/origins` },
      { text: title, path: '' },
    ],
    'form',
  );
  return <WithDistribution>{(found) => <Loaded key={`${id} ${originId ?? ''}`} found={found} originId={originId} title={title} />}</WithDistribution>;
}

function Loaded({ found, originId, title }: { found: Versioned<Distribution>; originId: string | undefined; title: string }) {
  const [base] = useState(found);
  const config = base.value.DistributionConfig;
  const existing = originsOf(config).find((origin) => origin.Id === originId);
  const backTo = `/distributions/${segment(base.value.Id)}/origins`;
  const [initial] = useState(() => (existing ? originFormOf(existing) : EMPTY_ORIGIN));
  const [form, setForm] = useState(initial);
  const [isChecked, setIsChecked] = useState(false);
  const [refusal, setRefusal] = useState<Failure | null>(null);
  if (originId !== undefined && !existing) {
    return <Alert type="warning" header={`There is no origin ${originId}`} action={<GoButton to={backTo}>Origins</GoButton>}>It may have been deleted meanwhile.</Alert>;
  }
  const wrong = originErrors(form, targetsOf(config).filter((target) => target !== originId));
  const place = originPlace(config, originId);
  const edit = (): Edit => ({
    title,
    done: `Origin ${form.id} ${existing ? 'changed' : 'created'}`,
    apply: (other) => withOrigin(other, form, originId),
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
      fieldPaths={() => Object.values(originPaths(place)).flat()}
      refusal={refusal}
      onRefusal={setRefusal}
    >
      <Container>
        <OriginFields
          form={form}
          errors={{ ...refusedOrigin(refusal?.problems ?? [], place), ...(isChecked ? wrong : {}) }}
          arn={base.value.ARN}
          onChange={(change) => {
            setForm((before) => ({ ...before, ...change }));
            setRefusal(null);
          }}
        />
      </Container>
    </ConfigForm>
  );
}

/** Where an origin is, or will be, in the document. */
function originPlace(config: DistributionConfig, id: string | undefined): string {
  const origins = originsOf(config);
  const at = origins.findIndex((origin) => origin.Id === id);
  return `Origins.Items[${at < 0 ? origins.length : at}]`;
}

function originPaths(place: string): Record<keyof OriginForm, string[]> {
  const at = (...members: string[]) => members.map((member) => `${place}.${member}`);
  return {
    id: at('Id'),
    domainName: at('DomainName'),
    originPath: at('OriginPath'),
    kind: [],
    originAccessControlId: at('OriginAccessControlId', 'S3OriginConfig.OriginAccessIdentity'),
    protocol: at('CustomOriginConfig.OriginProtocolPolicy'),
    httpPort: at('CustomOriginConfig.HTTPPort'),
    httpsPort: at('CustomOriginConfig.HTTPSPort'),
    connectionAttempts: at('ConnectionAttempts'),
    connectionTimeout: at('ConnectionTimeout'),
    responseTimeout: at('CustomOriginConfig.OriginReadTimeout', 'S3OriginConfig.OriginReadTimeout'),
    keepaliveTimeout: at('CustomOriginConfig.OriginKeepaliveTimeout'),
    headers: at('CustomHeaders'),
  };
}

/** The refusals of an origin's fields. */
export function refusedOrigin(problems: readonly Problem[], place: string): OriginErrors {
  const errors: OriginErrors = {};
  for (const [field, paths] of Object.entries(originPaths(place))) {
    const message = messageAt(problems, ...paths);
    if (message) errors[field as keyof OriginForm] = message;
  }
  return errors;
}
