import { useState } from 'react';
import { useNavigate } from 'react-router';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useCollection } from '@cloudscape-design/collection-hooks';

import type { Failure } from '../../api/failure';
import type { Distribution, Origin, Versioned } from '../../api/types';
import { FailureAlert } from '../../components/failure-alert';
import { GoButton, segment } from '../../components/links';
import { useOriginAccessControls } from '../../components/queries';
import { ReviewModal } from '../../components/review';
import type { Edit } from '../../components/review';
import { originsOf, PROTOCOLS, usersOf, withoutOrigin } from '../../domain/origin';
import { useMayWrite } from '../../shell/session';
import { Grant } from './grant';

export default function OriginsTab({ found }: { found: Versioned<Distribution> }) {
  const { Id: id, ARN: arn, DistributionConfig: config } = found.value;
  const navigate = useNavigate();
  const mayWrite = useMayWrite();
  const origins = originsOf(config);
  const accessControls = useOriginAccessControls(origins.some((origin) => origin.OriginAccessControlId));
  const [removed, setRemoved] = useState<string | null>(null);
  const { items, collectionProps } = useCollection(origins, { sorting: {}, selection: { trackBy: 'Id' } });
  const selected = collectionProps.selectedItems?.[0];
  const path = `/distributions/${segment(id)}/origins`;
  const users = selected ? usersOf(config, selected.Id) : [];
  const nameOf = (control: string | undefined) =>
    control ? accessControls.data?.find((summary) => summary.Id === control)?.Name ?? control : '–';
  const whyNot = !mayWrite ? 'Your key pair may only read.' : users.length > 0 ? `Used by ${users.join(', ')}.` : 'Choose an origin.';
  return (
    <SpaceBetween size="l">
      <Table
        {...collectionProps}
        items={items}
        selectionType="single"
        trackBy="Id"
        wrapLines
        ariaLabels={{
          tableLabel: 'Origins', selectionGroupLabel: 'Choose an origin', itemSelectionLabel: (_selection, origin) => origin.Id,
        }}
        header={
          <Header
            variant="h2"
            counter={`(${origins.length})`}
            description="Where objects come from: servers and buckets."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={!selected || !mayWrite} onClick={() => selected && void navigate(`${path}/${segment(selected.Id)}/edit`)}>Edit</Button>
                <Button disabled={!selected || !mayWrite || users.length > 0} disabledReason={whyNot} onClick={() => selected && setRemoved(selected.Id)}>Delete</Button>
                <GoButton to={`${path}/create`} variant="primary" disabled={!mayWrite}>Create origin</GoButton>
              </SpaceBetween>
            }
          >
            Origins
          </Header>
        }
        columnDefinitions={[
          { id: 'id', header: 'Origin name', sortingField: 'Id', isRowHeader: true, minWidth: 140, cell: (origin) => origin.Id },
          { id: 'domain', header: 'Origin domain', sortingField: 'DomainName', minWidth: 180, cell: (origin) => origin.DomainName },
          { id: 'path', header: 'Origin path', minWidth: 110, cell: (origin) => origin.OriginPath || '–' },
          { id: 'kind', header: 'Origin type', minWidth: 120, cell: kindOf },
          { id: 'access', header: 'Origin access control', minWidth: 150, cell: (origin) => nameOf(origin.OriginAccessControlId) },
        ]}
        empty={<Box textAlign="center">No origins</Box>}
      />
      {selected?.OriginAccessControlId && <Grant domainName={selected.DomainName} arn={arn} />}
      {removed !== null && <RemoveModal found={found} id={removed} onClose={() => setRemoved(null)} />}
    </SpaceBetween>
  );
}

function kindOf(origin: Origin): string {
  if (origin.S3OriginConfig) return 'Bucket';
  const protocol = origin.CustomOriginConfig?.OriginProtocolPolicy;
  return `Server, ${PROTOCOLS.find((choice) => choice.value === protocol)?.label ?? protocol ?? ''}`;
}

function RemoveModal({ found, id, onClose }: { found: Versioned<Distribution>; id: string; onClose: () => void }) {
  const [edit] = useState<Edit>(() => ({
    title: `Delete origin ${id}`,
    done: `Origin ${id} deleted`,
    apply: (config) => withoutOrigin(config, id),
  }));
  const [refusal, setRefusal] = useState<Failure | null>(null);
  if (refusal) return <FailureAlert failure={refusal} />;
  return <ReviewModal base={found} edit={edit} onClose={onClose} onSaved={onClose} onRefused={setRefusal} />;
}
