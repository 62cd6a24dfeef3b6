import { useState } from 'react';
import Alert from '@cloudscape-design/components/alert';
import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { Code } from '../../components/code';
import { bucketOf, bucketPolicy } from '../../domain/commands';

/** What the bucket's owner pastes into the bucket's policy, so that signed requests may read it. */
export function Grant({ domainName, arn }: { domainName: string; arn: string }) {
  const [canList, setCanList] = useState(true);
  const bucket = bucketOf(domainName);
  if (bucket === undefined) return null;
  return (
    <Alert type="info" header={`The bucket ${bucket} must allow this distribution to read it`}>
      <SpaceBetween size="s">
        <div>Add this to the bucket's policy. Without it the bucket answers 403, and viewers get that.</div>
        <Checkbox checked={canList} onChange={({ detail }) => setCanList(detail.checked)} description="Without it a bucket answers 403 for objects that do not exist.">
          Let it tell 404 from 403
        </Checkbox>
        <Code label="Bucket policy" text={bucketPolicy(bucket, arn, canList)} />
      </SpaceBetween>
    </Alert>
  );
}
