// A new distribution: one origin, its default behavior, and the general settings. More origins and behaviors come later.

import { useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Modal from '@cloudscape-design/components/modal';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';

import { createDistribution } from '../../api/distributions';
import { asFailure } from '../../api/failure';
import type { Failure } from '../../api/failure';
import type { DistributionConfig } from '../../api/types';
import { ChangeList } from '../../components/change-list';
import { Code } from '../../components/code';
import { LeaveGuard } from '../../components/config-form';
import { FailureAlert } from '../../components/failure-alert';
import { useGoesLive } from '../../components/goes-live';
import { segment } from '../../components/links';
import { useKnow } from '../../components/queries';
import { behaviorErrors, EMPTY_BEHAVIOR } from '../../domain/behavior';
import { createCommand } from '../../domain/commands';
import { newConfig, newReference } from '../../domain/create';
import { EMPTY_GENERAL, generalErrors } from '../../domain/general';
import { EMPTY_ORIGIN, originErrors } from '../../domain/origin';
import { usePlace } from '../../shell/frame';
import { useMayWrite } from '../../shell/session';
import { BehaviorFields } from '../behaviors/fields';
import { refusedBehavior } from '../behaviors/form';
import { GeneralFields } from '../distribution/general-fields';
import { refusedGeneral } from '../distribution/general-form';
import { OriginFields } from '../origins/fields';
import { refusedOrigin } from '../origins/form';

export default function CreateDistributionPage() {
  usePlace([{ text: 'Distributions', path: '/distributions' }, { text: 'Create distribution', path: '/distributions/create' }], 'form');
  const navigate = useNavigate();
  const mayWrite = useMayWrite();
  const [reference] = useState(newReference);
  const [origin, setOrigin] = useState(EMPTY_ORIGIN);
  const [behavior, setBehavior] = useState(EMPTY_BEHAVIOR);
  const [general, setGeneral] = useState(EMPTY_GENERAL);
  const [isEnabled, setIsEnabled] = useState(true);
  const [isChecked, setIsChecked] = useState(false);
  const isDone = useRef(false);
  const [refusal, setRefusal] = useState<Failure | null>(null);
  const [reviewed, setReviewed] = useState<DistributionConfig | null>(null);
  const wrong = {
    origin: originErrors(origin, []),
    behavior: behaviorErrors({ ...behavior, target: origin.id || 'to be named' }, true, [], false),
    general: generalErrors(general),
  };
  const problems = refusal?.problems ?? [];
  const review = () => {
    setIsChecked(true);
    setRefusal(null);
    if (Object.values(wrong).every((errors) => Object.keys(errors).length === 0)) {
      setReviewed(newConfig(reference, origin, behavior, general, isEnabled));
    } else {
      requestAnimationFrame(() => document.querySelector<HTMLElement>('main [aria-invalid="true"]')?.focus());
    }
  };
  const isDirty = origin !== EMPTY_ORIGIN || behavior !== EMPTY_BEHAVIOR || general !== EMPTY_GENERAL;
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          review();
        }}
      >
        <Form
          header={<Header variant="h1" description="One origin to begin with. Error pages, more origins and more behaviors are added afterwards.">Create distribution</Header>}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" onClick={() => void navigate('/distributions')}>Cancel</Button>
              <Button variant="primary" formAction="submit" disabled={!mayWrite} disabledReason="Your key pair may only read.">Review</Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="l">
            {refusal && <FailureAlert failure={refusal} header="The server refused this; nothing was created" />}
            <Container header={<Header variant="h2">Origin</Header>}>
              <OriginFields
                form={origin}
                errors={{ ...refusedOrigin(problems, 'Origins.Items[0]'), ...(isChecked ? wrong.origin : {}) }}
                onChange={(change) => setOrigin((before) => ({ ...before, ...change }))}
              />
            </Container>
            <Container header={<Header variant="h2">Default cache behavior</Header>}>
              <BehaviorFields
                form={behavior}
                errors={{ ...refusedBehavior(problems, 'DefaultCacheBehavior'), ...(isChecked ? wrong.behavior : {}) }}
                isDefault
                hasLegacySettings={false}
                onChange={(change) => setBehavior((before) => ({ ...before, ...change }))}
              />
            </Container>
            <Container header={<Header variant="h2">Settings</Header>}>
              <SpaceBetween size="l">
                <GeneralFields
                  form={general}
                  errors={{ ...refusedGeneral(problems, refusal), ...(isChecked ? wrong.general : {}) }}
                  onChange={(change) => setGeneral((before) => ({ ...before, ...change }))}
                />
                <FormField label="State">
                  <RadioGroup value={isEnabled ? 'on' : 'off'} items={[{ value: 'on', label: 'Enabled' }, { value: 'off', label: 'Disabled' }]} onChange={({ detail }) => setIsEnabled(detail.value === 'on')} />
                </FormField>
              </SpaceBetween>
            </Container>
          </SpaceBetween>
        </Form>
      </form>
      {reviewed && (
        <ReviewNew
          config={reviewed}
          onClose={() => setReviewed(null)}
          onRefused={(failure) => {
            setReviewed(null);
            setRefusal(failure);
          }}
          onCreated={(id) => {
            isDone.current = true;
            void navigate(`/distributions/${segment(id)}/general`);
          }}
        />
      )}
      <LeaveGuard isOn={isDirty} isDone={isDone} />
    </>
  );
}

interface ReviewProps {
  config: DistributionConfig;
  onClose: () => void;
  onRefused: (failure: Failure) => void;
  onCreated: (id: string) => void;
}

function ReviewNew({ config, onClose, onRefused, onCreated }: ReviewProps) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const know = useKnow();
  const goesLive = useGoesLive();
  const create = async () => {
    setIsBusy(true);
    setFailure(null);
    try {
      const answer = await createDistribution(config);
      know(answer.value.Id, answer);
      goesLive(`Distribution ${answer.value.Id} created`, answer);
      onCreated(answer.value.Id);
    } catch (error) {
      const failed = asFailure(error);
      if (failed.kind === 'refused') return onRefused(failed);
      setFailure(failed);
      setIsBusy(false);
    }
  };
  return (
    <Modal
      visible
      size="max"
      header="Review: create distribution"
      closeAriaLabel="Close and go on editing"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>Go on editing</Button>
            <Button variant="primary" loading={isBusy} onClick={() => void create()}>Create distribution</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="l">
        {failure && <FailureAlert failure={failure} />}
        <Tabs
          ariaLabel="Ways to see the new distribution"
          tabs={[
            { id: 'words', label: 'In words', content: <ChangeList before={{}} after={config} label="The new distribution in words" /> },
            { id: 'json', label: 'As JSON', content: <Code label="DistributionConfig" text={JSON.stringify(config, null, 2)} /> },
            { id: 'command', label: 'As an AWS CLI command', content: <Code label="The same with the AWS CLI" text={createCommand(location.origin, config)} /> },
          ]}
        />
      </SpaceBetween>
    </Modal>
  );
}
