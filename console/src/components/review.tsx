// Before anything is saved: the change in words, as JSON, and as a command. When somebody else was faster, both versions.

import { useMemo, useState } from 'react';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';

import { readDistribution, updateDistribution } from '../api/distributions';
import { asFailure } from '../api/failure';
import type { Failure } from '../api/failure';
import type { Distribution, DistributionConfig, Versioned } from '../api/types';
import { stable } from '../domain/changes';
import { updateCommand } from '../domain/commands';
import { ChangeList } from './change-list';
import { Code } from './code';
import { FailureAlert } from './failure-alert';
import { useGoesLive } from './goes-live';
import { useKnow } from './queries';
import { SideBySide } from './side-by-side';

/** A change: from any configuration to another one, so that it can be made again on a newer version. */
export interface Edit {
  /** `Create custom error response`. */
  title: string;
  /** `Custom error response for 404 created`. */
  done: string;
  apply: (config: DistributionConfig) => DistributionConfig;
}

interface Props {
  base: Versioned<Distribution>;
  edit: Edit;
  onClose: () => void;
  onSaved: () => void;
  /** The server refuses the document: its problems belong to fields. */
  onRefused: (failure: Failure) => void;
}

export function ReviewModal({ base: opened, edit, onClose, onSaved, onRefused }: Props) {
  const [base, setBase] = useState(opened);
  const [latest, setLatest] = useState<Versioned<Distribution> | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const know = useKnow();
  const goesLive = useGoesLive();
  const before = base.value.DistributionConfig;
  const after = useMemo(() => edit.apply(before), [edit, before]);
  const isEmpty = stable(before) === stable(after);
  const id = base.value.Id;

  const save = async () => {
    setIsBusy(true);
    setFailure(null);
    try {
      const answer = await updateDistribution(id, base.etag, after);
      know(id, answer);
      goesLive(edit.done, answer);
      onSaved();
    } catch (error) {
      await judge(asFailure(error));
    } finally {
      setIsBusy(false);
    }
  };
  const judge = async (failed: Failure) => {
    if (failed.kind === 'refused') return onRefused(failed);
    if (failed.kind !== 'conflict') return setFailure(failed);
    try {
      setLatest(await readDistribution(id));
    } catch (error) {
      setFailure(asFailure(error));
    }
  };
  const takeLatest = () => {
    if (!latest) return;
    know(id, latest);
    setBase(latest);
    setLatest(null);
  };
  return (
    <Modal
      visible
      size="max"
      header={latest ? 'Somebody else changed this distribution' : `Review: ${edit.title}`}
      onDismiss={onClose}
      closeAriaLabel="Close and go on editing"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>Go on editing</Button>
            {latest
              ? <Button variant="primary" onClick={takeLatest}>Apply my change to the new version</Button>
              : <Button variant="primary" loading={isBusy} disabled={isEmpty} disabledReason="Nothing changes." onClick={() => void save()}>Save changes</Button>}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="l">
        {failure && <FailureAlert failure={failure} />}
        {latest
          ? <Conflict opened={base} latest={latest} mine={after} />
          : <Review id={id} etag={base.etag} before={before} after={after} />}
      </SpaceBetween>
    </Modal>
  );
}

function Review({ id, etag, before, after }: { id: string; etag: string; before: DistributionConfig; after: DistributionConfig }) {
  return (
    <Tabs
      ariaLabel="Ways to see the change"
      tabs={[
        { id: 'words', label: 'In words', content: <ChangeList before={before} after={after} label="The change in words" /> },
        { id: 'json', label: 'As JSON, side by side', content: <SideBySide before={before} after={after} /> },
        {
          id: 'command', label: 'As an AWS CLI command',
          content: <Code label="The same change with the AWS CLI" text={updateCommand(location.origin, id, etag, after)} />,
        },
      ]}
    />
  );
}

function Conflict({ opened, latest, mine }: { opened: Versioned<Distribution>; latest: Versioned<Distribution>; mine: DistributionConfig }) {
  const before = opened.value.DistributionConfig;
  const theirs = latest.value.DistributionConfig;
  return (
    <SpaceBetween size="l">
      <Alert type="warning">
        Since you opened this page, somebody else saved another version. Yours was not saved and is not lost. Look at
        both, then apply your change to the new version; you can review it once more before it is saved.
      </Alert>
      <SpaceBetween size="xs">
        <Header variant="h3">What the other person changed</Header>
        <ChangeList before={before} after={theirs} label="What the other person changed" />
      </SpaceBetween>
      <SpaceBetween size="xs">
        <Header variant="h3">What you want to change</Header>
        <ChangeList before={before} after={mine} label="What you want to change" />
      </SpaceBetween>
      <SpaceBetween size="xs">
        <Header variant="h3">Both versions as JSON</Header>
        <SideBySide before={theirs} after={mine} beforeLabel="The other person's version" afterLabel="Your version" />
      </SpaceBetween>
    </SpaceBetween>
  );
}
