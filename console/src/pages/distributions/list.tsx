// Distributions: find, choose, create, enable, disable, delete.

import { lazy, Suspense, useState } from 'react';
import { useNavigate } from 'react-router';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CollectionPreferences from '@cloudscape-design/components/collection-preferences';
import type { CollectionPreferencesProps } from '@cloudscape-design/components/collection-preferences';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import PropertyFilter from '@cloudscape-design/components/property-filter';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useCollection } from '@cloudscape-design/collection-hooks';

import { readDistribution } from '../../api/distributions';
import { asFailure } from '../../api/failure';
import type { Distribution, Versioned } from '../../api/types';
import { FailureAlert } from '../../components/failure-alert';
import { GoButton, segment } from '../../components/links';
import { plural } from '../../domain/texts';
import { usePlace } from '../../shell/frame';
import { useNotices } from '../../shell/notices';
import { useMayWrite } from '../../shell/session';
import { COLUMNS, FILTERS, COLUMN_NAMES } from './columns';
import { storedPreferences, storePreferences } from './preferences';
import { useRows } from './rows';
import type { Row } from './rows';

// What only some visitors need comes when they need it.
const StateModal = lazy(async () => ({ default: (await import('../distribution/actions')).StateModal }));
const DeleteModal = lazy(async () => ({ default: (await import('../distribution/actions')).DeleteModal }));

export default function DistributionsPage() {
  usePlace([{ text: 'Distributions', path: '/distributions' }], 'table');
  const mayWrite = useMayWrite();
  const [preferences, setPreferences] = useState(storedPreferences);
  const [wantsAll, setWantsAll] = useState(false);
  const { rows, isPending, error, hasNextPage, isFetching, refetch } = useRows(wantsAll);
  const failure = error ? asFailure(error) : null;
  const { items, collectionProps, propertyFilterProps, paginationProps, filteredItemsCount } = useCollection(rows, {
    propertyFiltering: {
      filteringProperties: FILTERS,
      noMatch: <Box textAlign="center">{hasNextPage ? 'Nothing found yet' : 'No distribution matches'}</Box>,
      empty: <Empty mayWrite={mayWrite} />,
    },
    pagination: { pageSize: preferences.pageSize ?? 50 },
    sorting: {},
    selection: { trackBy: 'id', keepSelection: true },
  });
  const selected = collectionProps.selectedItems?.[0];
  const isFiltered = propertyFilterProps.query.tokens.length > 0;
  const isSorted = collectionProps.sortingColumn !== undefined;
  const isLastPage = paginationProps.currentPageIndex >= paginationProps.pagesCount;
  // Finding and sorting need everything, paging only what comes next.
  const wants = hasNextPage && (isFiltered || isSorted || isLastPage);
  if (wants !== wantsAll) setWantsAll(wants);
  return (
    <SpaceBetween size="l">
      {failure && <FailureAlert failure={failure} onRetry={() => void refetch()} />}
      <Table
        {...collectionProps}
        items={items}
        variant="full-page"
        stickyHeader
        selectionType="single"
        trackBy="id"
        resizableColumns
        wrapLines={preferences.wrapLines}
        columnDefinitions={COLUMNS}
        columnDisplay={preferences.contentDisplay}
        loading={isPending}
        loadingText="Loading distributions"
        ariaLabels={{
          tableLabel: 'Distributions', selectionGroupLabel: 'Choose a distribution', itemSelectionLabel: (_selection, row) => row.id,
        }}
        header={
          <Header
            variant="awsui-h1-sticky"
            counter={isPending ? undefined : `(${rows.length}${hasNextPage ? '+' : ''})`}
            actions={<Actions row={selected} isBusy={isFetching && !wantsAll} onRefresh={() => void refetch()} />}
          >
            Distributions
          </Header>
        }
        filter={
          <PropertyFilter
            {...propertyFilterProps}
            filteringPlaceholder="Find distributions by id, name, origin, description"
            filteringAriaLabel="Find distributions"
            countText={plural(filteredItemsCount ?? 0, 'match', 'matches')}
            expandToViewport
            customControl={hasNextPage && wantsAll && (isFiltered || isSorted) ? <StatusIndicator type="loading">{plural(rows.length, 'distribution')} read so far</StatusIndicator> : undefined}
          />
        }
        pagination={<Pagination {...paginationProps} openEnd={hasNextPage && !isFiltered} />}
        preferences={<Preferences preferences={preferences} onChange={(chosen) => { setPreferences(chosen); storePreferences(chosen); }} />}
      />
    </SpaceBetween>
  );
}

interface ActionsProps {
  row: Row | undefined;
  isBusy: boolean;
  onRefresh: () => void;
}

function Actions({ row, isBusy, onRefresh }: ActionsProps) {
  const navigate = useNavigate();
  const mayWrite = useMayWrite();
  const { show } = useNotices();
  const [asked, setAsked] = useState<Versioned<Distribution> | null>(null);
  const [isDeleting, setIsDeleting] = useState(false);
  const ask = async (id: string) => {
    try {
      setAsked(await readDistribution(id));
    } catch (caught) {
      show({ id: 'list-failure', type: 'error', content: asFailure(caught).message });
    }
  };
  const whyNot = !mayWrite ? 'Your key pair may only read.' : !row ? 'Choose a distribution.' : row.isEnabled ? 'Disable it first.' : 'Wait until it is deployed.';
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button iconName="refresh" ariaLabel="Refresh" loading={isBusy} onClick={onRefresh} />
      <Button disabled={!row} onClick={() => row && void navigate(`/distributions/${segment(row.id)}/general`)}>View settings</Button>
      <Button disabled={!row || !mayWrite} onClick={() => row && void ask(row.id)}>{row?.isEnabled === false ? 'Enable' : 'Disable'}</Button>
      <Button disabled={!row || !mayWrite || row.isEnabled || row.status === 'InProgress'} disabledReason={whyNot} onClick={() => setIsDeleting(true)}>Delete</Button>
      <GoButton to="/distributions/create" variant="primary" disabled={!mayWrite}>Create distribution</GoButton>
      <Suspense>
        {asked && <StateModal found={asked} onClose={() => setAsked(null)} />}
        {isDeleting && row && <DeleteModal id={row.id} onClose={() => setIsDeleting(false)} onDeleted={() => setIsDeleting(false)} />}
      </Suspense>
    </SpaceBetween>
  );
}

function Empty({ mayWrite }: { mayWrite: boolean }) {
  return (
    <Box textAlign="center" padding="m">
      <SpaceBetween size="m">
        <div>
          <b>No distributions</b>
          <Box color="text-body-secondary">A distribution says where objects come from and how they are served.</Box>
        </div>
        <GoButton to="/distributions/create" disabled={!mayWrite}>Create distribution</GoButton>
      </SpaceBetween>
    </Box>
  );
}

interface PreferencesProps {
  preferences: CollectionPreferencesProps.Preferences;
  onChange: (preferences: CollectionPreferencesProps.Preferences) => void;
}

function Preferences({ preferences, onChange }: PreferencesProps) {
  return (
    <CollectionPreferences
      title="Preferences"
      confirmLabel="Confirm"
      cancelLabel="Cancel"
      preferences={preferences}
      onConfirm={({ detail }) => onChange(detail)}
      pageSizePreference={{ title: 'Page size', options: [20, 50, 100].map((value) => ({ value, label: `${value} distributions` })) }}
      wrapLinesPreference={{ label: 'Wrap lines', description: 'Show all of a text.' }}
      contentDisplayPreference={{ title: 'Columns', options: COLUMN_NAMES }}
    />
  );
}
