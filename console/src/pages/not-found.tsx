import Alert from '@cloudscape-design/components/alert';

import { GoButton } from '../components/links';
import { usePlace } from '../shell/frame';

export default function NotFound() {
  usePlace([{ text: 'No such page', path: '/not-found' }]);
  return (
    <Alert type="warning" header="There is no such page" action={<GoButton to="/distributions">All distributions</GoButton>}>
      The address may be mistyped.
    </Alert>
  );
}
