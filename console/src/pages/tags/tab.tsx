import { useQuery } from '@tanstack/react-query';
import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';

import { listTags } from '../../api/distributions';
import { asFailure } from '../../api/failure';
import type { Distribution, Versioned } from '../../api/types';
import { FailureAlert } from '../../components/failure-alert';
import { GoButton, segment } from '../../components/links';
import { keys } from '../../components/queries';
import { useMayWrite } from '../../shell/session';

export default function TagsTab({ found }: { found: Versioned<Distribution> }) {
  const { Id: id, ARN: arn } = found.value;
  const mayWrite = useMayWrite();
  const query = useQuery({ queryKey: keys.tags(arn), queryFn: ({ signal }) => listTags(arn, signal) });
  return (
    <SpaceBetween size="l">
      {query.error && <FailureAlert failure={asFailure(query.error)} onRetry={() => void query.refetch()} />}
      <Table
        items={query.data ?? []}
        loading={query.isPending}
        loadingText="Loading tags"
        trackBy="Key"
        wrapLines
        ariaLabels={{ tableLabel: 'Tags' }}
        header={
          <Header
            variant="h2"
            counter={query.data && `(${query.data.length})`}
            description="Words of your own by which people and programs tell distributions apart."
            actions={<GoButton to={`/distributions/${segment(id)}/tags/edit`} disabled={!mayWrite}>Manage tags</GoButton>}
          >
            Tags
          </Header>
        }
        columnDefinitions={[
          { id: 'key', header: 'Key', isRowHeader: true, cell: (tag) => tag.Key },
          { id: 'value', header: 'Value', cell: (tag) => tag.Value || '–' },
        ]}
        empty={<Box textAlign="center" padding="m">No tags</Box>}
      />
    </SpaceBetween>
  );
}
