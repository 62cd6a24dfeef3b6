import { useState } from 'react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';

import { items } from '../../api/distributions';
import { asFailure } from '../../api/failure';
import { listInvalidations, readInvalidation } from '../../api/resources';
import type { Distribution, InvalidationSummary, Versioned } from '../../api/types';
import { Code } from '../../components/code';
import { FailureAlert } from '../../components/failure-alert';
import { GoButton, segment } from '../../components/links';
import { keys } from '../../components/queries';
import { invalidateCommand } from '../../domain/commands';
import { moment, plural } from '../../domain/texts';
import { useMayWrite } from '../../shell/session';

const PROGRESS_MS = 2000;

export default function InvalidationsTab({ found }: { found: Versioned<Distribution> }) {
  const id = found.value.Id;
  const navigate = useNavigate();
  const mayWrite = useMayWrite();
  const [chosen, setChosen] = useState<string | null>(null);
  const query = useInfiniteQuery({
    queryKey: keys.invalidations(id),
    queryFn: ({ pageParam, signal }) => listInvalidations(id, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.NextMarker,
    refetchInterval: (state) => (state.state.data?.pages.some((page) => items(page).some(isRunning)) ? PROGRESS_MS : false),
  });
  const rows = query.data?.pages.flatMap((page) => items(page)) ?? [];
  const selected = rows.find((row) => row.Id === chosen);
  const path = `/distributions/${segment(id)}/invalidations/create`;
  return (
    <SpaceBetween size="l">
      {query.error && <FailureAlert failure={asFailure(query.error)} onRetry={() => void query.refetch()} />}
      <Table
        items={rows}
        loading={query.isPending}
        loadingText="Loading invalidations"
        selectionType="single"
        selectedItems={selected ? [selected] : []}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems[0]?.Id ?? null)}
        trackBy="Id"
        ariaLabels={{
          tableLabel: 'Invalidations', selectionGroupLabel: 'Choose an invalidation', itemSelectionLabel: (_selection, row) => row.Id,
        }}
        header={
          <Header
            variant="h2"
            counter={query.isPending ? undefined : `(${rows.length}${query.hasNextPage ? '+' : ''})`}
            description="Objects that are fetched again before their time is over. The newest first."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={!selected || !mayWrite} onClick={() => selected && void navigate(`${path}?from=${segment(selected.Id)}`)}>Copy to new</Button>
                <GoButton to={path} variant="primary" disabled={!mayWrite}>Create invalidation</GoButton>
              </SpaceBetween>
            }
          >
            Invalidations
          </Header>
        }
        columnDefinitions={[
          { id: 'id', header: 'Invalidation ID', isRowHeader: true, cell: (row) => row.Id },
          { id: 'status', header: 'Status', cell: (row) => <Progress row={row} /> },
          { id: 'date', header: 'Date', cell: (row) => moment(row.CreateTime) },
        ]}
        empty={
          <Box textAlign="center" padding="m">
            <b>No invalidations</b>
            <Box color="text-body-secondary">Error pages are objects too: invalidate them after you change them.</Box>
          </Box>
        }
        footer={query.hasNextPage && <Box textAlign="center"><Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Show older ones</Button></Box>}
      />
      {selected && <Details distributionId={id} id={selected.Id} />}
    </SpaceBetween>
  );
}

function isRunning(row: InvalidationSummary): boolean {
  return row.Status === 'InProgress';
}

function Progress({ row }: { row: InvalidationSummary }) {
  return isRunning(row) ? <StatusIndicator type="in-progress">In progress</StatusIndicator> : <StatusIndicator type="success">Completed</StatusIndicator>;
}

function Details({ distributionId, id }: { distributionId: string; id: string }) {
  const query = useQuery({
    queryKey: keys.invalidation(distributionId, id),
    queryFn: ({ signal }) => readInvalidation(distributionId, id, signal),
  });
  const paths = query.data ? items(query.data.InvalidationBatch.Paths) : [];
  return (
    <Container header={<Header variant="h2" description={query.data && plural(paths.length, 'path')}>{id}</Header>}>
      {query.isPending && <Spinner />}
      {query.error && <FailureAlert failure={asFailure(query.error)} onRetry={() => void query.refetch()} />}
      {query.data && (
        <SpaceBetween size="l">
          <Code label="Object paths" text={paths.join('\n')} />
          <Code label="The same with the AWS CLI" text={invalidateCommand(location.origin, distributionId, paths)} />
        </SpaceBetween>
      )}
    </Container>
  );
}
