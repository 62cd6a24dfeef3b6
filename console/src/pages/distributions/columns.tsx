// The columns of the list, and the properties by which it is filtered.

import Link from '@cloudscape-design/components/link';
import type { PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import type { TableProps } from '@cloudscape-design/components/table';

import { GoLink, segment } from '../../components/links';
import { LastModified, State } from '../../components/state';
import type { Row } from './rows';

export const COLUMNS: TableProps.ColumnDefinition<Row>[] = [
  {
    id: 'id', header: 'ID', sortingField: 'id', isRowHeader: true, width: 155, minWidth: 150,
    cell: (row) => <GoLink to={`/distributions/${segment(row.id)}/general`}>{row.id}</GoLink>,
  },
  { id: 'description', header: 'Description', sortingField: 'description', width: 140, minWidth: 110, cell: (row) => row.description || '–' },
  {
    id: 'domain', header: 'Domain name', sortingField: 'domainName', width: 170, minWidth: 160,
    cell: (row) => <OpenLink name={row.domainName} />,
  },
  { id: 'aliases', header: 'Alternate domain names', width: 110, minWidth: 110, cell: (row) => row.aliases.join(', ') || '–' },
  { id: 'origins', header: 'Origins', width: 110, minWidth: 110, cell: (row) => row.origins.join(', ') },
  {
    id: 'state', header: 'State', sortingField: 'state', width: 110, minWidth: 110,
    cell: (row) => <State isEnabled={row.isEnabled} />,
  },
  {
    id: 'modified', header: 'Last modified', sortingField: 'lastModified', width: 120, minWidth: 120,
    cell: (row) => <LastModified status={row.status} at={row.lastModified} />,
  },
  { id: 'price', header: 'Price class', sortingField: 'priceClass', width: 150, minWidth: 110, cell: (row) => row.priceClass },
  { id: 'http', header: 'HTTP versions', sortingField: 'httpVersion', width: 140, minWidth: 110, cell: (row) => row.httpVersion },
];

/** Opens the distribution as a viewer sees it, on the scheme of this page. */
export function OpenLink({ name }: { name: string }) {
  return (
    <Link external href={`${location.protocol}//${name}/`} externalIconAriaLabel="Opens in a new tab">
      {name}
    </Link>
  );
}

export const COLUMN_NAMES = COLUMNS.map((column) => ({
  id: column.id ?? '', label: String(column.header), alwaysVisible: column.id === 'id',
}));

const text = [':', '!:', '=', '!='] as const;

export const FILTERS: PropertyFilterProps.FilteringProperty[] = [
  { key: 'id', propertyLabel: 'ID', groupValuesLabel: 'IDs', operators: [...text] },
  { key: 'description', propertyLabel: 'Description', groupValuesLabel: 'Descriptions', operators: [...text] },
  { key: 'domainName', propertyLabel: 'Domain name', groupValuesLabel: 'Domain names', operators: [...text] },
  { key: 'aliases', propertyLabel: 'Alternate domain name', groupValuesLabel: 'Alternate domain names', operators: [':', '!:'] },
  { key: 'origins', propertyLabel: 'Origin', groupValuesLabel: 'Origins', operators: [':', '!:'] },
  { key: 'state', propertyLabel: 'State', groupValuesLabel: 'States', operators: ['=', '!='] },
  { key: 'statusWord', propertyLabel: 'Status', groupValuesLabel: 'Statuses', operators: ['=', '!='] },
  { key: 'priceClass', propertyLabel: 'Price class', groupValuesLabel: 'Price classes', operators: ['=', '!='] },
  { key: 'httpVersion', propertyLabel: 'HTTP versions', groupValuesLabel: 'HTTP versions', operators: ['=', '!='] },
];
