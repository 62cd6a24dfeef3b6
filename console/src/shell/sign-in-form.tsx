import { useState } from 'react';
import type { FormEvent } from 'react';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { asFailure } from '../api/failure';
import type { Failure } from '../api/failure';
import { signIn } from '../api/session';
import { FailureAlert } from '../components/failure-alert';

/** The name and password fields let a password manager keep the key pair. */
export function SignInForm({ onSignedIn, note }: { onSignedIn: () => void | Promise<void>; note?: string }) {
  const [accessKeyId, setAccessKeyId] = useState('');
  const [secretAccessKey, setSecretAccessKey] = useState('');
  const [isTried, setIsTried] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (!accessKeyId.trim() || !secretAccessKey) return;
    setIsBusy(true);
    setFailure(null);
    try {
      await signIn(accessKeyId.trim(), secretAccessKey);
      await onSignedIn();
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Form actions={<Button variant="primary" loading={isBusy} formAction="submit">Sign in</Button>}>
        <SpaceBetween size="l">
          {note && <Box>{note}</Box>}
          {failure && <SignInFailure failure={failure} />}
          <FormField label="Access key ID" errorText={isTried && !accessKeyId.trim() ? 'Enter the access key ID.' : undefined}>
            <Input
              value={accessKeyId}
              name="username"
              autoComplete="username"
              spellcheck={false}
              autoFocus
              onChange={({ detail }) => setAccessKeyId(detail.value)}
            />
          </FormField>
          <FormField label="Secret access key" errorText={isTried && !secretAccessKey ? 'Enter the secret access key.' : undefined}>
            <Input
              value={secretAccessKey}
              type="password"
              name="password"
              autoComplete="current-password"
              onChange={({ detail }) => setSecretAccessKey(detail.value)}
            />
          </FormField>
        </SpaceBetween>
      </Form>
    </form>
  );
}

/** A wrong key pair is answered with 401 or 403; which half of it is wrong is nobody's business. */
function SignInFailure({ failure }: { failure: Failure }) {
  const isWrong = failure.details.status === 401 || failure.details.status === 403;
  return isWrong ? <FailureAlert failure={failure} header="This key pair is not accepted" /> : <FailureAlert failure={failure} />;
}
