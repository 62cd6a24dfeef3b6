import { useState } from 'react';
import { useParams } from 'react-router';
import Container from '@cloudscape-design/components/container';

import type { Failure, Problem } from '../../api/failure';
import type { Distribution, Versioned } from '../../api/types';
import { ConfigForm } from '../../components/config-form';
import { segment } from '../../components/links';
import { WithDistribution } from '../../components/with-distribution';
import { generalErrors, generalOf, withGeneral } from '../../domain/general';
import type { GeneralErrors } from '../../domain/general';
import { messageAt } from '../../domain/problems';
import { usePlace } from '../../shell/frame';
import { GENERAL_PATHS, GeneralFields } from './general-fields';

export default function GeneralPage() {
  const { id = '' } = useParams();
  usePlace(
    [
      { text: 'Distributions', path: '/distributions' },
      { text: id, path: `/distributions/${segment(id)}/general` },
      { text: 'Edit settings', path: '' },
    ],
    'form',
  );
  return <WithDistribution>{(found) => <Loaded key={id} found={found} />}</WithDistribution>;
}

function Loaded({ found }: { found: Versioned<Distribution> }) {
  const [base] = useState(found);
  const [initial] = useState(() => generalOf(base.value.DistributionConfig));
  const [form, setForm] = useState(initial);
  const [isChecked, setIsChecked] = useState(false);
  const [refusal, setRefusal] = useState<Failure | null>(null);
  const wrong = generalErrors(form);
  return (
    <ConfigForm
      base={base}
      title="Edit settings"
      backTo={`/distributions/${segment(base.value.Id)}/general`}
      isDirty={JSON.stringify(form) !== JSON.stringify(initial)}
      check={() => {
        setIsChecked(true);
        return Object.keys(wrong).length === 0;
      }}
      edit={() => ({ title: 'Edit settings', done: 'Settings changed', apply: (config) => withGeneral(config, form) })}
      fieldPaths={() => GENERAL_PATHS.map(([, path]) => path)}
      refusal={refusal}
      onRefusal={setRefusal}
    >
      <Container>
        <GeneralFields
          form={form}
          errors={{ ...refusedGeneral(refusal?.problems ?? [], refusal), ...(isChecked ? wrong : {}) }}
          onChange={(change) => {
            setForm((before) => ({ ...before, ...change }));
            setRefusal(null);
          }}
        />
      </Container>
    </ConfigForm>
  );
}

/** The refusals of general settings; that a name is taken is told without a path. */
export function refusedGeneral(problems: readonly Problem[], refusal: Failure | null): GeneralErrors {
  const errors: GeneralErrors = {};
  for (const [field, path] of GENERAL_PATHS) {
    const message = messageAt(problems, path);
    if (message) errors[field] = message;
  }
  if (refusal?.details.code === 'CNAMEAlreadyExists') errors.aliases ??= refusal.message;
  return errors;
}
