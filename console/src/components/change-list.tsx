import { useMemo } from 'react';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';

import { changesBetween } from '../domain/changes';
import type { Change } from '../domain/changes';

const WORDS: Record<Change['kind'], string> = { added: 'Added', removed: 'Removed', changed: 'Changed', moved: 'Reordered' };
const COLORS: Record<Change['kind'], 'green' | 'red' | 'blue' | 'grey'> = {
  added: 'green', removed: 'red', changed: 'blue', moved: 'grey',
};

/** A change in words. */
export function ChangeList({ before, after, label }: { before: unknown; after: unknown; label: string }) {
  const changes = useMemo(() => changesBetween(before, after), [before, after]);
  return (
    <Table
      variant="embedded"
      wrapLines
      items={changes}
      trackBy={(change) => `${change.place} ${change.kind}`}
      ariaLabels={{ tableLabel: label }}
      empty={<Box textAlign="center">Nothing changes.</Box>}
      columnDefinitions={[
        {
          id: 'place', header: 'Setting', minWidth: 180, isRowHeader: true,
          cell: (change) => (
            <SpaceBetween size="xxs">
              <Badge color={COLORS[change.kind]}>{WORDS[change.kind]}</Badge>
              <span>{change.place}</span>
            </SpaceBetween>
          ),
        },
        { id: 'before', header: 'Before', minWidth: 160, cell: (change) => change.before ?? '–' },
        { id: 'after', header: 'After', minWidth: 160, cell: (change) => change.after ?? '–' },
      ]}
    />
  );
}
