// A failure in plain words: what happened, what it means for what was entered, what can be done.

import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';

import type { Failure, FailureKind, Problem } from '../api/failure';

const HEADERS: Record<FailureKind, string> = {
  unreachable: 'The server cannot be reached',
  slow: 'The server is slow',
  'signed-out': 'You are not signed in',
  busy: 'The server is busy',
  conflict: 'Somebody else changed this meanwhile',
  refused: 'The server refused this',
  unsupported: 'This version of the server cannot do this',
  broken: 'The server failed',
};

interface Props {
  failure: Failure;
  header?: string;
  onRetry?: () => void;
  /** Problems that are not shown at a field. All of them when not given. */
  problems?: Problem[];
}

export function FailureAlert({ failure, header, onRetry, problems = failure.problems }: Props) {
  const { code, requestId } = failure.details;
  const others = problems.filter((problem) => problem.message !== failure.message);
  return (
    <Alert
      type={failure.isPassing ? 'warning' : 'error'}
      header={header ?? HEADERS[failure.kind]}
      action={onRetry && <Button formAction="none" onClick={onRetry}>Try again</Button>}
    >
      <div>{failure.message}</div>
      {advice(failure) && <div>{advice(failure)}</div>}
      {others.length > 0 && (
        <ul>
          {others.map((problem) => (
            <li key={`${problem.path} ${problem.message}`}>
              {problem.path && <Box variant="code">{problem.path}</Box>} {problem.message}
            </li>
          ))}
        </ul>
      )}
      {(code || requestId) && (
        <Box variant="small">{[code, requestId && `request ${requestId}`].filter(Boolean).join(' · ')}</Box>
      )}
    </Alert>
  );
}

function advice(failure: Failure): string | undefined {
  const after = failure.details.retryAfterSeconds;
  switch (failure.kind) {
    case 'unreachable':
      return 'Nothing was lost: what you entered is still here. Check that Warmfront is running and try again.';
    case 'slow':
      return 'It is not known whether the request was carried out. What you entered is still here.';
    case 'busy':
      return after ? `Try again in ${after} seconds. What you entered is still here.` : 'Try again in a moment. What you entered is still here.';
    case 'broken':
      return 'The log of the server has more about it. What you entered is still here.';
    default:
      return undefined;
  }
}
