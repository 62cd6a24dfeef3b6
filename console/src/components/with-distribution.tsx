import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';

import { asFailure } from '../api/failure';
import type { Distribution, Versioned } from '../api/types';
import { FailureAlert } from './failure-alert';
import { GoButton } from './links';
import { useDistribution } from './queries';

/** What needs the distribution that the address names. */
export function WithDistribution({ children }: { children: (found: Versioned<Distribution>) => ReactNode }) {
  const { id = '' } = useParams();
  const query = useDistribution(id);
  if (query.data) return <>{children(query.data)}</>;
  if (query.isPending) return <Box textAlign="center" padding="xxl"><Spinner size="large" /> <Box>Loading the distribution</Box></Box>;
  const failure = asFailure(query.error);
  if (failure.details.code === 'NoSuchDistribution') {
    return (
      <SpaceBetween size="l">
        <Header variant="h1">There is no distribution {id}</Header>
        <Alert type="error" action={<GoButton to="/distributions">All distributions</GoButton>}>
          It was deleted, or the address is mistyped.
        </Alert>
      </SpaceBetween>
    );
  }
  return <FailureAlert failure={failure} onRetry={() => void query.refetch()} />;
}
