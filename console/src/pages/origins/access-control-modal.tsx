// An origin access control, created where it is needed.

import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { asFailure } from '../../api/failure';
import type { Failure } from '../../api/failure';
import { createOriginAccessControl } from '../../api/resources';
import { FailureAlert } from '../../components/failure-alert';
import { keys } from '../../components/queries';

interface Props {
  suggestedName: string;
  onClose: () => void;
  onCreated: (id: string) => void;
}

const BEHAVIORS = [
  { value: 'always', label: 'Sign requests', description: 'Recommended.' },
  { value: 'no-override', label: "Sign requests, but keep the viewer's Authorization header" },
  { value: 'never', label: 'Do not sign requests' },
];

export function AccessControlModal({ suggestedName, onClose, onCreated }: Props) {
  const [name, setName] = useState(suggestedName.slice(0, 64));
  const [description, setDescription] = useState('');
  const [signing, setSigning] = useState('always');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const queryClient = useQueryClient();
  const error = name === '' ? 'Enter a name.' : name.length > 64 ? 'At most 64 characters.' : undefined;
  const create = async () => {
    if (error) return;
    setIsBusy(true);
    setFailure(null);
    try {
      const created = await createOriginAccessControl({
        Name: name, Description: description, SigningProtocol: 'sigv4', SigningBehavior: signing,
        OriginAccessControlOriginType: 's3',
      });
      await queryClient.invalidateQueries({ queryKey: keys.originAccessControls });
      onCreated(created.value.Id);
    } catch (caught) {
      setFailure(asFailure(caught));
      setIsBusy(false);
    }
  };
  return (
    <Modal
      visible
      header="Create origin access control"
      closeAriaLabel="Close without creating"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>Cancel</Button>
            <Button variant="primary" loading={isBusy} onClick={() => void create()}>Create</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {failure && <FailureAlert failure={failure} />}
        <FormField label="Name" errorText={error} description="Unique in this account.">
          <Input value={name} spellcheck={false} onChange={({ detail }) => setName(detail.value)} />
        </FormField>
        <FormField label="Description - optional">
          <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
        </FormField>
        <FormField label="Signing behavior">
          <RadioGroup value={signing} items={BEHAVIORS} onChange={({ detail }) => setSigning(detail.value)} />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}
