// Behaviors: the order in which they are asked, and what each of them does.

import { useState } from 'react';
import { useNavigate } from 'react-router';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonGroup from '@cloudscape-design/components/button-group';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useCollection } from '@cloudscape-design/collection-hooks';

import type { Failure } from '../../api/failure';
import type { BehaviorSettings, Distribution, DistributionConfig, Versioned } from '../../api/types';
import { FailureAlert } from '../../components/failure-alert';
import { GoButton, segment } from '../../components/links';
import { usePolicyNames } from '../../components/policy-field';
import { ReviewModal } from '../../components/review';
import type { Edit } from '../../components/review';
import { behaviorsOf, DEFAULT, VIEWER_PROTOCOLS, withOrder, withoutBehavior } from '../../domain/behavior';
import { behaviorFor } from '../../domain/path-pattern';
import { useMayWrite } from '../../shell/session';

interface Row {
  /** The path pattern; what stands for the default cache behavior is no pattern. */
  key: string;
  position: number;
  settings: BehaviorSettings;
}

export default function BehaviorsTab({ found }: { found: Versioned<Distribution> }) {
  const { Id: id, DistributionConfig: config } = found.value;
  const navigate = useNavigate();
  const mayWrite = useMayWrite();
  const [edit, setEdit] = useState<Edit | null>(null);
  const [refusal, setRefusal] = useState<Failure | null>(null);
  const [path, setPath] = useState('');
  const order = behaviorsOf(config).map((behavior) => behavior.PathPattern);
  const rows = rowsOf(config);
  const { items, collectionProps } = useCollection(rows, { selection: { trackBy: 'key' } });
  const selected = collectionProps.selectedItems?.[0];
  const served = path.startsWith('/') ? behaviorFor(config, path) : null;
  const cachePolicy = usePolicyNames('cache-policy');
  const originRequestPolicy = usePolicyNames('origin-request-policy');
  const headersPolicy = usePolicyNames('response-headers-policy');
  const at = `/distributions/${segment(id)}/behaviors`;
  const move = (by: number) => {
    if (selected) setEdit(moveEdit(order, selected.key, by));
  };
  const isListed = selected !== undefined && selected.key !== DEFAULT;
  return (
    <SpaceBetween size="l">
      {refusal && <FailureAlert failure={refusal} />}
      <Table
        {...collectionProps}
        items={items}
        selectionType="single"
        trackBy="key"
        wrapLines
        ariaLabels={{
          tableLabel: 'Cache behaviors', selectionGroupLabel: 'Choose a cache behavior',
          itemSelectionLabel: (_selection, row) => nameOf(row.key),
        }}
        header={
          <Header
            variant="h2"
            counter={`(${rows.length})`}
            description="The first cache behavior whose path pattern matches serves a request; the default one serves the rest."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <ButtonGroup
                  variant="icon"
                  ariaLabel="Order"
                  items={[
                    { type: 'icon-button', id: 'up', iconName: 'angle-up', text: 'Move up', disabled: !mayWrite || !isListed || selected.position === 1 },
                    { type: 'icon-button', id: 'down', iconName: 'angle-down', text: 'Move down', disabled: !mayWrite || !isListed || selected.position === order.length },
                  ]}
                  onItemClick={({ detail }) => move(detail.id === 'up' ? -1 : 1)}
                />
                <Button disabled={!selected || !mayWrite} onClick={() => selected && void navigate(`${at}/${segment(selected.key)}/edit`)}>Edit</Button>
                <Button
                  disabled={!isListed || !mayWrite}
                  disabledReason={selected?.key === DEFAULT ? 'Every distribution has a default cache behavior.' : 'Choose a cache behavior.'}
                  onClick={() => isListed && setEdit(removeEdit(selected.key))}
                >
                  Delete
                </Button>
                <GoButton to={`${at}/create`} variant="primary" disabled={!mayWrite}>Create behavior</GoButton>
              </SpaceBetween>
            }
          >
            Behaviors
          </Header>
        }
        filter={
          <FormField label="Which behavior serves a path?" description={served ? `${path} is served by ${served.isDefault ? 'the default cache behavior' : `the cache behavior ${served.pathPattern}`}, from ${served.settings.TargetOriginId}.` : 'Enter a path such as /images/cat.jpg.'}>
            <Input value={path} type="search" placeholder="/images/cat.jpg" ariaLabel="Path to look up" onChange={({ detail }) => setPath(detail.value)} />
          </FormField>
        }
        columnDefinitions={[
          { id: 'position', header: 'Precedence', minWidth: 100, cell: (row) => row.position },
          {
            id: 'pattern', header: 'Path pattern', isRowHeader: true, minWidth: 150,
            cell: (row) => (isServing(row, served) ? <b>{nameOf(row.key)} (serves the path)</b> : nameOf(row.key)),
          },
          { id: 'target', header: 'Origin or origin group', minWidth: 150, cell: (row) => row.settings.TargetOriginId },
          { id: 'protocol', header: 'Viewer protocol policy', minWidth: 150, cell: (row) => protocolOf(row.settings) },
          { id: 'cache', header: 'Cache policy', minWidth: 150, cell: (row) => (row.settings.ForwardedValues && !row.settings.CachePolicyId ? 'Legacy settings' : cachePolicy(row.settings.CachePolicyId)) },
          { id: 'request', header: 'Origin request policy', minWidth: 150, cell: (row) => originRequestPolicy(row.settings.OriginRequestPolicyId) },
          { id: 'headers', header: 'Response headers policy', minWidth: 150, cell: (row) => headersPolicy(row.settings.ResponseHeadersPolicyId) },
        ]}
        empty={<Box textAlign="center">No behaviors</Box>}
      />
      {edit && (
        <ReviewModal
          base={found}
          edit={edit}
          onClose={() => setEdit(null)}
          onSaved={() => setEdit(null)}
          onRefused={(failure) => {
            setEdit(null);
            setRefusal(failure);
          }}
        />
      )}
    </SpaceBetween>
  );
}

function rowsOf(config: DistributionConfig): Row[] {
  const listed = behaviorsOf(config).map((behavior, index) => ({ key: behavior.PathPattern, position: index + 1, settings: behavior }));
  return [...listed, { key: DEFAULT, position: listed.length + 1, settings: config.DefaultCacheBehavior }];
}

function nameOf(key: string): string {
  return key === DEFAULT ? 'Default (*)' : key;
}

function isServing(row: Row, served: ReturnType<typeof behaviorFor> | null): boolean {
  return served !== null && (served.isDefault ? row.key === DEFAULT : row.key === served.pathPattern);
}

function protocolOf(settings: BehaviorSettings): string {
  return VIEWER_PROTOCOLS.find((choice) => choice.value === settings.ViewerProtocolPolicy)?.label ?? settings.ViewerProtocolPolicy;
}

function moveEdit(order: readonly string[], pattern: string, by: number): Edit {
  const wanted = [...order];
  const from = wanted.indexOf(pattern);
  wanted.splice(from, 1);
  wanted.splice(from + by, 0, pattern);
  return { title: `Move the cache behavior ${pattern}`, done: 'Order of cache behaviors changed', apply: (config) => withOrder(config, wanted) };
}

function removeEdit(pattern: string): Edit {
  return {
    title: `Delete the cache behavior ${pattern}`,
    done: `Cache behavior ${pattern} deleted`,
    apply: (config) => withoutBehavior(config, pattern),
  };
}
