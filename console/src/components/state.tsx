import StatusIndicator from '@cloudscape-design/components/status-indicator';

import { moment } from '../domain/texts';

/** `Deploying` until every edge has the configuration, then the date of its last change. */
export function LastModified({ status, at }: { status: string; at: string }) {
  if (status === 'InProgress') return <StatusIndicator type="in-progress">Deploying</StatusIndicator>;
  return <span>{moment(at)}</span>;
}

export function State({ isEnabled }: { isEnabled: boolean }) {
  return isEnabled
    ? <StatusIndicator type="success">Enabled</StatusIndicator>
    : <StatusIndicator type="stopped">Disabled</StatusIndicator>;
}
