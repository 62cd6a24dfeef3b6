import { useRouteError } from 'react-router';
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';

/** A page that could not be shown: a fault of the console, or a newer console on the server. */
export function Broken() {
  const error = useRouteError();
  const text = error instanceof Error ? error.message : String(error);
  return (
    <main className="sign-in">
      <Alert
        type="error"
        header="This page could not be shown"
        action={<Button onClick={() => location.reload()}>Load it again</Button>}
      >
        If Warmfront was updated a moment ago, loading the page again helps. The browser says: {text}
      </Alert>
    </main>
  );
}
