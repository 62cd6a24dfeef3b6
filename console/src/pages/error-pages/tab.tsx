// Error pages: what viewers get in place of errors, and how healthy the pages are.

import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useCollection } from '@cloudscape-design/collection-hooks';

import { checkPages } from '../../api/checks';
import type { CheckedPage } from '../../api/checks';
import { asFailure } from '../../api/failure';
import type { Failure } from '../../api/failure';
import type { CustomErrorResponse, Distribution, Versioned } from '../../api/types';
import { FailureAlert } from '../../components/failure-alert';
import { GoButton, segment } from '../../components/links';
import { keys } from '../../components/queries';
import { ReviewModal } from '../../components/review';
import type { Edit } from '../../components/review';
import { DEFAULT_MINIMUM_TTL, responsesOf, withoutResponse } from '../../domain/error-response';
import { ERROR_CODES, statusLabel } from '../../domain/statuses';
import { useMayWrite } from '../../shell/session';
import { CheckPanel } from './check-panel';
import { Health } from './health';

export default function ErrorPagesTab({ found }: { found: Versioned<Distribution> }) {
  const { Id: id, DistributionConfig: config } = found.value;
  const navigate = useNavigate();
  const mayWrite = useMayWrite();
  const responses = responsesOf(config);
  const checks = useQuery({
    queryKey: [...keys.checks(id), found.etag],
    queryFn: ({ signal }) => checkPages({ distributionId: id }, signal),
    enabled: responses.length > 0,
    staleTime: 30_000,
  });
  const [removed, setRemoved] = useState<number | null>(null);
  const { items, collectionProps } = useCollection(responses, {
    sorting: { defaultState: { sortingColumn: { sortingField: 'ErrorCode' } } },
    selection: { trackBy: byCode },
  });
  const selected = collectionProps.selectedItems?.[0];
  const path = `/distributions/${segment(id)}/error-pages`;
  const pageOf = (code: number) => checks.data?.find((page) => page.errorCode === code);
  const checkFailure = checks.error ? asFailure(checks.error) : null;
  return (
    <SpaceBetween size="l">
      <Table
        {...collectionProps}
        items={items}
        selectionType="single"
        trackBy={byCode}
        wrapLines
        variant="container"
        ariaLabels={{
          tableLabel: 'Custom error responses',
          selectionGroupLabel: 'Choose a custom error response',
          itemSelectionLabel: (_selection, item) => `Custom error response for ${item.ErrorCode}`,
        }}
        header={
          <Header
            variant="h2"
            counter={`(${responses.length} of ${ERROR_CODES.length})`}
            description="What viewers get in place of an error, and how long the error is remembered."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <GoButton to={`${path}/try`} iconName="caret-right-filled">Try it</GoButton>
                <Button disabled={!selected || !mayWrite} onClick={() => selected && void navigate(`${path}/${selected.ErrorCode}/edit`)}>Edit</Button>
                <Button disabled={!selected || !mayWrite} onClick={() => selected && setRemoved(selected.ErrorCode)}>Delete</Button>
                <GoButton
                  to={`${path}/create`}
                  variant="primary"
                  disabled={!mayWrite || responses.length >= ERROR_CODES.length}
                  disabledReason={mayWrite ? 'Every error code has a custom error response.' : 'Your key pair may only read.'}
                >
                  Create custom error response
                </GoButton>
              </SpaceBetween>
            }
          >
            Error pages
          </Header>
        }
        columnDefinitions={columns(pageOf, checks.isLoading, checkFailure)}
        empty={
          <Box textAlign="center" padding="m">
            <SpaceBetween size="m">
              <div>
                <b>No custom error responses</b>
                <Box color="text-body-secondary">Viewers get the errors of your origins as they are; errors are remembered for 10 seconds.</Box>
              </div>
              <GoButton to={`${path}/create`} disabled={!mayWrite}>Create custom error response</GoButton>
            </SpaceBetween>
          </Box>
        }
      />
      {checkFailure && checkFailure.kind !== 'unsupported' && checkFailure.details.status !== 404 && (
        <FailureAlert failure={checkFailure} header="The pages could not be checked" onRetry={() => void checks.refetch()} />
      )}
      {selected && pageOf(selected.ErrorCode) && (
        <CheckPanel page={pageOf(selected.ErrorCode)!} isBusy={checks.isFetching} onAgain={() => void checks.refetch()} />
      )}
      {removed !== null && <RemoveModal found={found} code={removed} onClose={() => setRemoved(null)} />}
    </SpaceBetween>
  );
}

const byCode = (response: CustomErrorResponse) => String(response.ErrorCode);

function columns(pageOf: (code: number) => CheckedPage | undefined, isChecking: boolean, failure: Failure | null) {
  const none = '–';
  return [
    {
      id: 'code', header: 'HTTP error code', sortingField: 'ErrorCode', isRowHeader: true, minWidth: 170,
      cell: (response: CustomErrorResponse) => statusLabel(response.ErrorCode),
    },
    {
      id: 'ttl', header: 'Error caching minimum TTL (seconds)', sortingField: 'ErrorCachingMinTTL', minWidth: 130,
      cell: (response: CustomErrorResponse) => response.ErrorCachingMinTTL ?? DEFAULT_MINIMUM_TTL,
    },
    {
      id: 'path', header: 'Response page path', sortingField: 'ResponsePagePath', minWidth: 160,
      cell: (response: CustomErrorResponse) => response.ResponsePagePath || none,
    },
    {
      id: 'response', header: 'HTTP response code', sortingField: 'ResponseCode', minWidth: 150,
      cell: (response: CustomErrorResponse) => (response.ResponseCode ? statusLabel(Number(response.ResponseCode)) : none),
    },
    {
      id: 'health', header: 'Health of the page', minWidth: 200,
      cell: (response: CustomErrorResponse) => (
        <Health hasPage={Boolean(response.ResponsePagePath)} page={pageOf(response.ErrorCode)} isChecking={isChecking} failure={failure} />
      ),
    },
  ];
}

function RemoveModal({ found, code, onClose }: { found: Versioned<Distribution>; code: number; onClose: () => void }) {
  const [edit] = useState<Edit>(() => ({
    title: `Delete the custom error response for ${code}`,
    done: `Custom error response for ${code} deleted`,
    apply: (config) => withoutResponse(config, code),
  }));
  const [refusal, setRefusal] = useState<Failure | null>(null);
  if (refusal) return <FailureAlert failure={refusal} />;
  return <ReviewModal base={found} edit={edit} onClose={onClose} onSaved={onClose} onRefused={setRefusal} />;
}
