// Who is signed in. Without a session the sign-in page stands in place of everything; when a session ends in the middle
// of something, signing in happens above the page, so that nothing that was entered is lost.

import { createContext, useContext, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import Spinner from '@cloudscape-design/components/spinner';

import { asFailure } from '../api/failure';
import { whenSignedOut } from '../api/http';
import { readSession, signOut } from '../api/session';
import type { Session } from '../api/types';
import { FailureAlert } from '../components/failure-alert';
import { SignInForm } from './sign-in-form';
import { SignInPage } from './sign-in-page';

const Context = createContext<Session | null>(null);

export const SESSION_KEY = ['session'];

/** The session; there always is one where pages are shown. */
export function useSession(): Session | null {
  return useContext(Context);
}

/** Whether the person may change anything. */
export function useMayWrite(): boolean {
  return useSession()?.role !== 'read-only';
}

export function useSignOut(): () => Promise<void> {
  const queryClient = useQueryClient();
  return async () => {
    try {
      await signOut();
    } finally {
      queryClient.clear();
      location.assign('/console/');
    }
  };
}

export function SessionGate({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient();
  const query = useQuery({ queryKey: SESSION_KEY, queryFn: ({ signal }) => readSession(signal), staleTime: Infinity });
  const [hasEnded, setHasEnded] = useState(false);
  const [last, setLast] = useState<Session | null>(null);
  if (query.data && query.data !== last) setLast(query.data);
  useEffect(() => {
    whenSignedOut(() => setHasEnded(true));
    return () => whenSignedOut(() => undefined);
  }, []);
  const proceed = async () => {
    setHasEnded(false);
    await queryClient.invalidateQueries();
  };
  if (last) {
    return (
      <Context value={last}>
        {children}
        {hasEnded && (
          <Modal
            visible
            header="Your session has ended"
            closeAriaLabel="Sign in first"
            footer={<Button onClick={() => location.assign('/console/')}>Leave this page</Button>}
          >
            <SignInForm onSignedIn={proceed} note="Sign in to go on. What you have entered is still here." />
          </Modal>
        )}
      </Context>
    );
  }
  if (query.isPending) return <Box textAlign="center" padding="xxxl"><Spinner size="large" /></Box>;
  const failure = asFailure(query.error);
  if (failure.kind === 'signed-out') return <SignInPage onSignedIn={proceed} />;
  return (
    <main className="sign-in">
      <FailureAlert failure={failure} onRetry={() => void query.refetch()} />
    </main>
  );
}
