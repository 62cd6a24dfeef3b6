// Check the page: where it would come from, whether it can be fetched now, and what will disappoint.

import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';

import type { CheckedPage, PageWarning } from '../../api/checks';
import { Code } from '../../components/code';
import { statusLabel } from '../../domain/statuses';
import { bytes } from '../../domain/texts';

interface Props {
  page: CheckedPage;
  isBusy: boolean;
  onAgain: () => void;
}

export function CheckPanel({ page, isBusy, onAgain }: Props) {
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button iconName="refresh" loading={isBusy} onClick={onAgain}>Check again</Button>}>
          Check: {statusLabel(page.errorCode)}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={4}
          minColumnWidth={200}
          items={[
            { label: 'Page', value: page.pagePath ?? 'No page: viewers get the error itself' },
            { label: 'Served by cache behavior', value: behavior(page) },
            { label: 'Fetched from origin', value: page.origin ? `${page.origin.id} (${page.origin.domainName})` : '–' },
            { label: 'Fetched just now', value: <Fetched page={page} /> },
          ]}
        />
        <Warnings warnings={page.warnings} />
        <Preview page={page} />
      </SpaceBetween>
    </Container>
  );
}

function behavior(page: CheckedPage): string {
  if (!page.behavior) return '–';
  return page.behavior.isDefault ? 'Default (*)' : `${page.behavior.pathPattern} (number ${page.behavior.position} in order)`;
}

function Fetched({ page }: { page: CheckedPage }) {
  const { fetch } = page;
  if (!fetch) return <span>–</span>;
  if (fetch.outcome === 'failed') return <StatusIndicator type="error">{fetch.reason}</StatusIndicator>;
  return (
    <StatusIndicator type={fetch.status === 200 ? 'success' : 'error'}>
      {fetch.status}, {fetch.contentType || 'no content type'}, {bytes(fetch.size)}
    </StatusIndicator>
  );
}

function Warnings({ warnings }: { warnings: PageWarning[] }) {
  if (warnings.length === 0) return <StatusIndicator type="success">Nothing to warn about</StatusIndicator>;
  return (
    <SpaceBetween size="s">
      {warnings.map((warning) => (
        <Alert key={`${warning.code} ${warning.message}`} type={warning.severity} header={HEADERS[warning.code]}>
          <SpaceBetween size="s">
            <div>{warning.message}</div>
            {warning.paste && <Code label={warning.paste.label} text={warning.paste.text} />}
          </SpaceBetween>
        </Alert>
      ))}
    </SpaceBetween>
  );
}

const HEADERS: Record<string, string> = {
  'same-origin': 'The page fails together with what it is for',
  'caught-earlier': 'An earlier cache behavior catches the page',
  'page-not-cached': 'The page is fetched again for every error',
  'needs-max-age': 'The error may not be remembered',
  'never-remembered': 'The error is never remembered',
  'hides-errors': '200 hides the error from programs',
  'bucket-hides-404': 'This bucket cannot tell 404 from 403',
  'bucket-unsigned': 'The bucket is asked without a signature',
  'bucket-denies': 'The bucket refuses: the grant is missing',
  'page-missing': 'The page does not exist',
  'page-fails': 'The page cannot be fetched',
  'page-not-text': 'The page is not a text',
};

/** The page is shown without scripts, in an origin of its own. */
function Preview({ page }: { page: CheckedPage }) {
  if (page.previewUrl) {
    return (
      <ExpandableSection headerText="The page as viewers see it" defaultExpanded>
        <iframe className="preview" sandbox="" src={page.previewUrl} title={`Preview of ${page.pagePath ?? ''}`} />
      </ExpandableSection>
    );
  }
  if (page.fetch?.outcome !== 'answered' || !page.fetch.excerpt) return null;
  return (
    <ExpandableSection headerText="How the page begins">
      <Code label="Source of the page" text={page.fetch.excerpt} />
    </ExpandableSection>
  );
}
