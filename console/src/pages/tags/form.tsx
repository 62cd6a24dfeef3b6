import { useRef, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';

import { listTags, tag, untag } from '../../api/distributions';
import { asFailure } from '../../api/failure';
import type { Failure } from '../../api/failure';
import type { Tag } from '../../api/types';
import { LeaveGuard } from '../../components/config-form';
import { FailureAlert } from '../../components/failure-alert';
import { segment } from '../../components/links';
import { keys } from '../../components/queries';
import { WithDistribution } from '../../components/with-distribution';
import { tagChanges, tagErrors, tooMany } from '../../domain/tags';
import { usePlace } from '../../shell/frame';
import { useNotices } from '../../shell/notices';
import { useMayWrite } from '../../shell/session';

export default function TagsPage() {
  const { id = '' } = useParams();
  usePlace(
    [
      { text: 'Distributions', path: '/distributions' },
      { text: id, path: `/distributions/${segment(id)}/general` },
      { text: 'Tags', path: `/distributions/${segment(id)}/tags` },
      { text: 'Manage tags', path: '' },
    ],
    'form',
  );
  return <WithDistribution>{(found) => <Loading id={id} arn={found.value.ARN} />}</WithDistribution>;
}

function Loading({ id, arn }: { id: string; arn: string }) {
  const query = useQuery({ queryKey: keys.tags(arn), queryFn: ({ signal }) => listTags(arn, signal) });
  if (query.data) return <TagsForm id={id} arn={arn} initial={query.data} />;
  if (query.error) return <FailureAlert failure={asFailure(query.error)} onRetry={() => void query.refetch()} />;
  return <Box textAlign="center"><Spinner size="large" /></Box>;
}

function TagsForm({ id, arn, initial: given }: { id: string; arn: string; initial: Tag[] }) {
  const [initial] = useState(given);
  const [tags, setTags] = useState(given);
  const [isChecked, setIsChecked] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const isDone = useRef(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const navigate = useNavigate();
  const mayWrite = useMayWrite();
  const queryClient = useQueryClient();
  const { show } = useNotices();
  const errors = tagErrors(tags);
  const backTo = `/distributions/${segment(id)}/tags`;
  const changes = tagChanges(initial, tags);
  const set = (at: number, change: Partial<Tag>) =>
    setTags((before) => before.map((other, index) => (index === at ? { ...other, ...change } : other)));
  const save = async () => {
    setIsChecked(true);
    if (errors.some(Boolean) || tooMany(tags)) return;
    setIsBusy(true);
    setFailure(null);
    try {
      await untag(arn, changes.remove);
      await tag(arn, changes.set);
      queryClient.setQueryData(keys.tags(arn), tags);
      show({ id: `tags-${id}`, type: 'success', content: 'Tags saved.' });
      isDone.current = true;
      void navigate(backTo);
    } catch (error) {
      setFailure(asFailure(error));
      setIsBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Form
        header={<Header variant="h1">Manage tags</Header>}
        errorText={isChecked ? tooMany(tags) : undefined}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" onClick={() => void navigate(backTo)}>Cancel</Button>
            <Button variant="primary" formAction="submit" loading={isBusy} disabled={!mayWrite} disabledReason="Your key pair may only read.">Save tags</Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          {failure && <FailureAlert failure={failure} />}
          <Container>
            <AttributeEditor
              items={tags}
              addButtonText="Add tag"
              removeButtonText="Remove"
              removeButtonAriaLabel={(item) => `Remove tag ${item.Key}`}
              empty="No tags"
              onAddButtonClick={() => setTags((before) => [...before, { Key: '', Value: '' }])}
              onRemoveButtonClick={({ detail }) => setTags((before) => before.filter((_, index) => index !== detail.itemIndex))}
              definition={[
                {
                  label: 'Key',
                  errorText: (_item, index) => (isChecked ? errors[index]?.key : undefined),
                  control: (item, index) => <Input value={item.Key} ariaLabel={`Key of tag ${index + 1}`} onChange={({ detail }) => set(index, { Key: detail.value })} />,
                },
                {
                  label: 'Value - optional',
                  errorText: (_item, index) => (isChecked ? errors[index]?.value : undefined),
                  control: (item, index) => <Input value={item.Value ?? ''} ariaLabel={`Value of tag ${index + 1}`} onChange={({ detail }) => set(index, { Value: detail.value })} />,
                },
              ]}
            />
          </Container>
        </SpaceBetween>
      </Form>
      <LeaveGuard isOn={changes.set.length > 0 || changes.remove.length > 0} isDone={isDone} />
    </form>
  );
}
