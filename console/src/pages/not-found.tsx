import Alert from '@cloudscape-design/components/alert';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { GoButton } from '../components/links';
import { usePlace } from '../shell/frame';

export default function NotFound() {
  usePlace([{ text: 'No such page', path: '/not-found' }]);
  return (
    <SpaceBetween size="l">
      <Header variant="h1">There is no such page</Header>
      <Alert type="warning" action={<GoButton to="/distributions">All distributions</GoButton>}>The address may be mistyped.</Alert>
    </SpaceBetween>
  );
}
