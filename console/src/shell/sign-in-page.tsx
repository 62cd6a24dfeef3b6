import { useEffect } from 'react';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { SignInForm } from './sign-in-form';

export function SignInPage({ onSignedIn }: { onSignedIn: () => void | Promise<void> }) {
  useEffect(() => {
    document.title = 'Sign in · Warmfront';
  }, []);
  return (
    <main className="sign-in">
      <SpaceBetween size="l">
        <Box textAlign="center">
          <img src="/console/icon.svg" alt="" width="56" height="56" />
          <Box variant="h1" padding={{ top: 's' }}>Warmfront</Box>
          <Box color="text-body-secondary">CloudFront that you run yourself</Box>
        </Box>
        <Container header={<Header variant="h2">Sign in</Header>}>
          <SignInForm onSignedIn={onSignedIn} />
        </Container>
        <ExpandableSection headerText="Where do I find my keys?">
          The first start of Warmfront prints an access key ID and a secret access key once. They are the same keys that
          the AWS CLI and SDKs use with this server. Whoever runs it can make more of them, also such that may only read.
        </ExpandableSection>
      </SpaceBetween>
    </main>
  );
}
