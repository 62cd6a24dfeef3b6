import { useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Textarea from '@cloudscape-design/components/textarea';

import { counted, items } from '../../api/distributions';
import { asFailure } from '../../api/failure';
import type { Failure } from '../../api/failure';
import { createInvalidation, readInvalidation } from '../../api/resources';
import { Code } from '../../components/code';
import { FailureAlert } from '../../components/failure-alert';
import { segment } from '../../components/links';
import { keys } from '../../components/queries';
import { invalidateCommand } from '../../domain/commands';
import { newReference } from '../../domain/create';
import { pathsError, pathsOf } from '../../domain/invalidation';
import { plural } from '../../domain/texts';
import { usePlace } from '../../shell/frame';
import { useNotices } from '../../shell/notices';
import { useMayWrite } from '../../shell/session';

export default function InvalidationPage() {
  const { id = '' } = useParams();
  const [search] = useSearchParams();
  const from = search.get('from');
  usePlace(
    [
      { text: 'Distributions', path: '/distributions' },
      { text: id, path: `/distributions/${segment(id)}/general` },
      { text: 'Invalidations', path: `/distributions/${segment(id)}/invalidations` },
      { text: 'Create invalidation', path: '' },
    ],
    'form',
  );
  const query = useQuery({
    queryKey: keys.invalidation(id, from ?? ''),
    queryFn: ({ signal }) => readInvalidation(id, from ?? '', signal),
    enabled: from !== null,
  });
  if (from !== null && query.isPending) return <Box textAlign="center"><Spinner size="large" /></Box>;
  const copied = query.data ? items(query.data.InvalidationBatch.Paths) : [];
  return (
    <SpaceBetween size="l">
      {query.error && <FailureAlert failure={asFailure(query.error)} header="The invalidation to copy could not be read" />}
      <InvalidationForm id={id} initial={copied} />
    </SpaceBetween>
  );
}

function InvalidationForm({ id, initial }: { id: string; initial: string[] }) {
  const navigate = useNavigate();
  const mayWrite = useMayWrite();
  const queryClient = useQueryClient();
  const { show } = useNotices();
  const isAll = initial.length === 1 && initial[0] === '/*';
  const [what, setWhat] = useState(isAll ? 'everything' : 'paths');
  const [text, setText] = useState(isAll ? '' : initial.join('\n'));
  const [isChecked, setIsChecked] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  // A repeat after a broken connection is the same invalidation.
  const [reference] = useState(newReference);
  const backTo = `/distributions/${segment(id)}/invalidations`;
  const paths = what === 'everything' ? ['/*'] : pathsOf(text);
  const error = pathsError(paths);
  const create = async () => {
    setIsChecked(true);
    if (error) return;
    setIsBusy(true);
    setFailure(null);
    try {
      const created = await createInvalidation(id, { Paths: counted(paths), CallerReference: reference });
      await queryClient.invalidateQueries({ queryKey: keys.invalidations(id) });
      show({ id: created.Id, type: 'success', content: `Invalidation ${created.Id} of ${plural(paths.length, 'path')} created.` });
      void navigate(backTo);
    } catch (caught) {
      setFailure(asFailure(caught));
      setIsBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <Form
        header={<Header variant="h1" description="Objects are fetched again from their origins, also error pages and remembered errors.">Create invalidation</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" onClick={() => void navigate(backTo)}>Cancel</Button>
            <Button variant="primary" formAction="submit" loading={isBusy} disabled={!mayWrite} disabledReason="Your key pair may only read.">Create invalidation</Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          {failure && <FailureAlert failure={failure} />}
          <Container header={<Header variant="h2">Objects</Header>}>
            <SpaceBetween size="l">
              <FormField label="What to invalidate">
                <RadioGroup value={what} items={[{ value: 'paths', label: 'Some paths' }, { value: 'everything', label: 'Everything' }]} onChange={({ detail }) => setWhat(detail.value)} />
              </FormField>
              {what === 'paths' && (
                <FormField
                  label="Object paths"
                  description="One on each line. An asterisk at the end stands for everything that begins so."
                  constraintText={`Each begins with a slash. ${plural(paths.length, 'path')}.`}
                  errorText={isChecked ? error : undefined}
                >
                  <Textarea value={text} rows={8} placeholder={'/index.html\n/images/*'} spellcheck={false} onChange={({ detail }) => setText(detail.value)} />
                </FormField>
              )}
            </SpaceBetween>
          </Container>
          {!error && <Code label="The same with the AWS CLI" text={invalidateCommand(location.origin, id, paths)} />}
        </SpaceBetween>
      </Form>
    </form>
  );
}
