import StatusIndicator from '@cloudscape-design/components/status-indicator';

import type { CheckedPage } from '../../api/checks';
import type { Failure } from '../../api/failure';
import { plural } from '../../domain/texts';

interface Props {
  hasPage: boolean;
  page: CheckedPage | undefined;
  isChecking: boolean;
  failure: Failure | null;
}

/** The state of an error response in two or three words. */
export function Health({ hasPage, page, isChecking, failure }: Props) {
  if (isChecking) return <StatusIndicator type="loading">Checking</StatusIndicator>;
  if (!page) {
    if (!hasPage) return <span>–</span>;
    return <StatusIndicator type="info">{failure ? 'Not checked' : 'Unknown'}</StatusIndicator>;
  }
  const warnings = page.warnings.filter((warning) => warning.severity === 'warning').length;
  if (page.fetch?.outcome === 'failed') return <StatusIndicator type="error">Cannot be fetched</StatusIndicator>;
  if (page.fetch && page.fetch.status !== 200) return <StatusIndicator type="error">Answers {page.fetch.status}</StatusIndicator>;
  if (warnings > 0) return <StatusIndicator type="warning">{plural(warnings, 'warning')}</StatusIndicator>;
  return hasPage ? <StatusIndicator type="success">Can be fetched</StatusIndicator> : <span>–</span>;
}
