// The frame of every form that changes a distribution: fields, review, refusals at fields, and nothing lost on the way.

import { useRef, useState } from 'react';
import type { ReactNode, RefObject } from 'react';
import { useBlocker, useNavigate } from 'react-router';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';

import type { Failure } from '../api/failure';
import type { Distribution, Versioned } from '../api/types';
import { elsewhere } from '../domain/problems';
import { useMayWrite } from '../shell/session';
import { FailureAlert } from './failure-alert';
import { ReviewModal } from './review';
import type { Edit } from './review';

interface Props {
  base: Versioned<Distribution>;
  title: string;
  description?: ReactNode;
  /** The page to return to. */
  backTo: string;
  isDirty: boolean;
  /** Shows what is wrong and answers whether anything is. */
  check: () => boolean;
  edit: () => Edit;
  /** Paths of the document that fields of this form show problems for. */
  fieldPaths: (base: Versioned<Distribution>) => string[];
  refusal: Failure | null;
  onRefusal: (failure: Failure | null) => void;
  children: ReactNode;
}

export function ConfigForm(props: Props) {
  const { base, title, description, backTo, isDirty, check, edit, fieldPaths, refusal, onRefusal, children } = props;
  const navigate = useNavigate();
  const mayWrite = useMayWrite();
  const [reviewed, setReviewed] = useState<Edit | null>(null);
  const isDone = useRef(false);
  const review = () => {
    onRefusal(null);
    if (check()) setReviewed(edit());
    else requestAnimationFrame(focusFirstError);
  };
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          review();
        }}
      >
        <Form
          header={<Header variant="h1" description={description}>{title}</Header>}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" onClick={() => void navigate(backTo)}>Cancel</Button>
              <Button
                variant="primary"
                formAction="submit"
                disabled={!mayWrite}
                disabledReason="Your key pair may only read."
              >
                Review changes
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="l">
            {refusal && <FailureAlert failure={refusal} header="The server refused this; nothing was saved" problems={elsewhere(refusal, fieldPaths(base))} />}
            {children}
          </SpaceBetween>
        </Form>
      </form>
      {reviewed && (
        <ReviewModal
          base={base}
          edit={reviewed}
          onClose={() => setReviewed(null)}
          onSaved={() => {
            setReviewed(null);
            isDone.current = true;
            void navigate(backTo);
          }}
          onRefused={(failure) => {
            setReviewed(null);
            onRefusal(failure);
            requestAnimationFrame(focusFirstError);
          }}
        />
      )}
      <LeaveGuard isOn={isDirty} isDone={isDone} />
    </>
  );
}

function focusFirstError(): void {
  const field = document.querySelector<HTMLElement>('main [aria-invalid="true"]');
  field?.focus();
}

/** Asks before what was entered is thrown away. What is done is known at once, not with the next rendering. */
export function LeaveGuard({ isOn, isDone }: { isOn: boolean; isDone: RefObject<boolean> }) {
  const blocker = useBlocker(({ currentLocation, nextLocation }) =>
    isOn && !isDone.current && currentLocation.pathname !== nextLocation.pathname);
  if (blocker.state !== 'blocked') return null;
  return (
    <Modal
      visible
      header="Leave without saving?"
      closeAriaLabel="Stay on this page"
      onDismiss={() => blocker.reset()}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => blocker.reset()}>Stay</Button>
            <Button variant="primary" onClick={() => blocker.proceed()}>Leave</Button>
          </SpaceBetween>
        </Box>
      }
    >
      What you have entered on this page is not saved.
    </Modal>
  );
}
