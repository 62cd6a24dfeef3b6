import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { items } from '../../api/distributions';
import type { Distribution, Versioned } from '../../api/types';
import { GoButton, segment } from '../../components/links';
import { LastModified, State } from '../../components/state';
import { HTTP_VERSIONS, PRICE_CLASSES } from '../../domain/general';
import { useMayWrite } from '../../shell/session';
import { OpenLink } from '../distributions/columns';

export default function GeneralTab({ found }: { found: Versioned<Distribution> }) {
  const { value } = found;
  const config = value.DistributionConfig;
  const mayWrite = useMayWrite();
  const label = (choices: { value: string; label: string }[], chosen: string | undefined) =>
    choices.find((choice) => choice.value === chosen)?.label ?? chosen ?? '–';
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Details</Header>}>
        <KeyValuePairs
          columns={3}
          minColumnWidth={200}
          items={[
            { label: 'Distribution domain name', value: <OpenLink name={value.DomainName} /> },
            {
              label: 'ARN',
              value: <CopyToClipboard variant="inline" textToCopy={value.ARN} copyButtonAriaLabel="Copy ARN" copySuccessText="Copied" copyErrorText="The browser did not allow copying" />,
            },
            { label: 'Last modified', value: <LastModified status={value.Status} at={value.LastModifiedTime} /> },
            { label: 'State', value: <State isEnabled={config.Enabled} /> },
            { label: 'Version (ETag)', value: found.etag },
            { label: 'Invalidations in progress', value: value.InProgressInvalidationBatches },
          ]}
        />
      </Container>
      <Container
        header={
          <Header variant="h2" actions={<GoButton to={`/distributions/${segment(value.Id)}/general/edit`} disabled={!mayWrite}>Edit</GoButton>}>
            Settings
          </Header>
        }
      >
        <KeyValuePairs
          columns={3}
          minColumnWidth={200}
          items={[
            { label: 'Description', value: config.Comment || '–' },
            { label: 'Alternate domain names', value: <Names names={items(config.Aliases)} /> },
            { label: 'Default root object', value: config.DefaultRootObject || '–' },
            { label: 'Price class', value: label(PRICE_CLASSES, config.PriceClass) },
            { label: 'Supported HTTP versions', value: label(HTTP_VERSIONS, config.HttpVersion) },
            { label: 'IPv6', value: config.IsIPV6Enabled ? 'On' : 'Off' },
          ]}
        />
      </Container>
    </SpaceBetween>
  );
}

function Names({ names }: { names: string[] }) {
  if (names.length === 0) return <span>–</span>;
  return <SpaceBetween size="xxs">{names.map((name) => <OpenLink key={name} name={name} />)}</SpaceBetween>;
}
