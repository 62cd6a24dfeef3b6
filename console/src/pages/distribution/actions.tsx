// Enable, disable and delete: for a distribution's own page and for the list.

import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useQueryClient } from '@tanstack/react-query';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { deleteDistribution, readDistribution } from '../../api/distributions';
import { asFailure } from '../../api/failure';
import type { Failure } from '../../api/failure';
import type { Distribution, Versioned } from '../../api/types';
import { FailureAlert } from '../../components/failure-alert';
import { keys } from '../../components/queries';
import { ReviewModal } from '../../components/review';
import type { Edit } from '../../components/review';
import { useNotices } from '../../shell/notices';
import { useMayWrite } from '../../shell/session';

export function DistributionActions({ found }: { found: Versioned<Distribution> }) {
  const [asked, setAsked] = useState<'state' | 'delete' | null>(null);
  const navigate = useNavigate();
  const mayWrite = useMayWrite();
  const isEnabled = found.value.DistributionConfig.Enabled;
  const isDeploying = found.value.Status === 'InProgress';
  const whyNotDelete = isEnabled ? 'Disable the distribution first.' : isDeploying ? 'Wait until it is deployed.' : 'Your key pair may only read.';
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <Button disabled={!mayWrite} disabledReason="Your key pair may only read." onClick={() => setAsked('state')}>
          {isEnabled ? 'Disable' : 'Enable'}
        </Button>
        <Button disabled={!mayWrite || isEnabled || isDeploying} disabledReason={whyNotDelete} onClick={() => setAsked('delete')}>
          Delete
        </Button>
      </SpaceBetween>
      {asked === 'state' && <StateModal found={found} onClose={() => setAsked(null)} />}
      {asked === 'delete' && (
        <DeleteModal id={found.value.Id} onClose={() => setAsked(null)} onDeleted={() => void navigate('/distributions')} />
      )}
    </>
  );
}

/** The edit that turns a distribution on or off. */
export function stateEdit(id: string, isEnabled: boolean): Edit {
  return {
    title: `${isEnabled ? 'Enable' : 'Disable'} distribution ${id}`,
    done: `Distribution ${id} ${isEnabled ? 'enabled' : 'disabled'}`,
    apply: (config) => ({ ...config, Enabled: isEnabled }),
  };
}

export function StateModal({ found, onClose }: { found: Versioned<Distribution>; onClose: () => void }) {
  const [edit] = useState(() => stateEdit(found.value.Id, !found.value.DistributionConfig.Enabled));
  const [refusal, setRefusal] = useState<Failure | null>(null);
  if (refusal) {
    return (
      <Modal visible header={edit.title} onDismiss={onClose} footer={<Button onClick={onClose}>Close</Button>}>
        <FailureAlert failure={refusal} />
      </Modal>
    );
  }
  return <ReviewModal base={found} edit={edit} onClose={onClose} onSaved={onClose} onRefused={setRefusal} />;
}

/** Deleting cannot be undone: the id is to be typed. */
export function DeleteModal({ id, onClose, onDeleted }: { id: string; onClose: () => void; onDeleted: () => void }) {
  const [typed, setTyped] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const queryClient = useQueryClient();
  const { show } = useNotices();
  const remove = async () => {
    setIsBusy(true);
    setFailure(null);
    try {
      const { etag } = await readDistribution(id);
      await deleteDistribution(id, etag);
      show({ id: `deleted-${id}`, type: 'success', content: `Distribution ${id} deleted.` });
      onDeleted();
      queryClient.removeQueries({ queryKey: keys.distribution(id) });
      void queryClient.invalidateQueries({ queryKey: keys.distributions });
    } catch (error) {
      setFailure(asFailure(error));
      setIsBusy(false);
    }
  };
  const submit = () => {
    if (typed.trim() === id && !isBusy) void remove();
  };
  return (
    <Modal
      visible
      header={`Delete distribution ${id}?`}
      onDismiss={onClose}
      closeAriaLabel="Close without deleting"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>Cancel</Button>
            <Button variant="primary" loading={isBusy} disabled={typed.trim() !== id} onClick={submit}>Delete</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <SpaceBetween size="m">
          {failure && <FailureAlert failure={failure} />}
          <Alert type="warning">
            Its settings, its invalidations and its domain name are gone for good. Viewers who ask for it get an error.
          </Alert>
          <FormField label={`To confirm, type ${id}`}>
            <Input value={typed} placeholder={id} spellcheck={false} autoFocus onChange={({ detail }) => setTyped(detail.value)} />
          </FormField>
        </SpaceBetween>
      </form>
    </Modal>
  );
}
