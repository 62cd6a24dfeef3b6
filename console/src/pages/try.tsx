// Try it: a question about one URL, answered by the code that serves viewers, with every step and its reason.

import { useState } from 'react';
import { useParams } from 'react-router';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';

import { tryRequests } from '../api/checks';
import type { OriginPlay, TriedAnswer, TriedRequest } from '../api/checks';
import { asFailure } from '../api/failure';
import type { Failure } from '../api/failure';
import type { Distribution, DistributionConfig, Versioned } from '../api/types';
import { Code } from '../components/code';
import { FailureAlert } from '../components/failure-alert';
import { ChoiceField, TextField } from '../components/fields';
import { segment } from '../components/links';
import { WithDistribution } from '../components/with-distribution';
import { originsOf } from '../domain/origin';
import { statusLabel } from '../domain/statuses';
import { bytes } from '../domain/texts';
import { usePlace } from '../shell/frame';

export default function TryPage() {
  const { id = '' } = useParams();
  usePlace(
    [
      { text: 'Distributions', path: '/distributions' },
      { text: id, path: `/distributions/${segment(id)}/general` },
      { text: 'Error pages', path: `/distributions/${segment(id)}/error-pages` },
      { text: 'Try it', path: '' },
    ],
    'form',
  );
  return <WithDistribution>{(found) => <Try found={found} />}</WithDistribution>;
}

const PLAYS: { value: string; label: string; play: OriginPlay }[] = [
  { value: 'asked', label: 'Nothing special: really ask it', play: { kind: 'asked' } },
  ...[500, 502, 503, 504, 403, 404].map((status) => ({
    value: String(status),
    label: `Answer ${statusLabel(status)}`,
    play: { kind: 'answers' as const, status, headers: [], body: '' },
  })),
  { value: 'refused', label: 'Not answer: connections are refused', play: { kind: 'fails', failure: 'refused' } },
  { value: 'timeout', label: 'Not answer: it takes too long', play: { kind: 'fails', failure: 'timeout' } },
  { value: 'reset', label: 'Break off in the middle', play: { kind: 'fails', failure: 'reset' } },
];

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({ value: method, label: method }));

const ALL = '*';

/** The origin that most requests go to. Were every origin to fail, no page of another one could be shown. */
function siteOf(config: DistributionConfig): string {
  const target = config.DefaultCacheBehavior.TargetOriginId;
  return originsOf(config).some((origin) => origin.Id === target) ? target : ALL;
}

function Try({ found }: { found: Versioned<Distribution> }) {
  const origins = originsOf(found.value.DistributionConfig);
  const [url, setUrl] = useState('/');
  const [method, setMethod] = useState('GET');
  const [play, setPlay] = useState('503');
  const [origin, setOrigin] = useState(() => siteOf(found.value.DistributionConfig));
  const [isCached, setIsCached] = useState(false);
  const [error, setError] = useState<string | undefined>();
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [answers, setAnswers] = useState<TriedAnswer[]>([]);
  const ask = async () => {
    const wrong = /^(\/|https?:\/\/)/.test(url) ? undefined : 'Begin with a slash, or with http:// or https://.';
    setError(wrong);
    if (wrong) return;
    setIsBusy(true);
    setFailure(null);
    try {
      const chosen = PLAYS.find((choice) => choice.value === play)?.play ?? { kind: 'asked' as const };
      const failing: TriedRequest = { method, url, headers: [], waitSeconds: 0, origins: { [origin]: chosen } };
      const before: TriedRequest = { ...failing, origins: {} };
      // A year later whatever was cached is stale, but may still be there.
      const requests = isCached ? [before, { ...failing, waitSeconds: 31_536_000 }] : [failing];
      setAnswers(await tryRequests({ distributionId: found.value.Id, requests }));
    } catch (caught) {
      setFailure(asFailure(caught));
      setAnswers([]);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description="What would a viewer get if an origin failed right now? Asked of the code that serves viewers; nothing that is served changes.">
        Try it
      </Header>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <Container footer={<Box float="right"><Button variant="primary" formAction="submit" loading={isBusy}>See the answer</Button></Box>}>
          <ColumnLayout columns={2}>
            <TextField label="URL" value={url} placeholder="/index.html" description="A path, or a whole URL with a name of this distribution." error={error} onChange={(value) => setUrl(value.trim())} />
            <ChoiceField label="Method" value={method} choices={METHODS} description="As the viewer asks." onChange={setMethod} />
            <ChoiceField
              label="Which origin"
              value={origin}
              choices={[{ value: ALL, label: 'Every origin' }, ...origins.map((one) => ({ value: one.Id, label: one.Id }))]}
              description="The others are really asked. Keep the one that has your error pages out of it."
              onChange={setOrigin}
            />
            <ChoiceField label="What if it would" value={play} choices={PLAYS} description="What that origin does to every request." onChange={setPlay} />
            <Checkbox checked={isCached} onChange={({ detail }) => setIsCached(detail.checked)} description="It is really asked once, a year passes, then it fails: a stale copy may help.">
              The object was asked for before
            </Checkbox>
          </ColumnLayout>
        </Container>
      </form>
      {failure && <FailureAlert failure={failure} onRetry={() => void ask()} />}
      {answers.map((answer, index) => (
        <Answer key={index} answer={answer} title={answers.length === 1 ? 'The answer' : index === 0 ? 'Before the failure' : 'While it fails, a year later'} />
      ))}
    </SpaceBetween>
  );
}

function Answer({ answer, title }: { answer: TriedAnswer; title: string }) {
  return (
    <Container header={<Header variant="h2">{title}</Header>}>
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={3}
          minColumnWidth={200}
          items={[
            { label: 'Status', value: <StatusIndicator type={answer.status < 400 ? 'success' : 'error'}>{statusLabel(answer.status)}</StatusIndicator> },
            { label: 'Result type', value: answer.resultType },
            { label: 'Body', value: bytes(answer.body.size) },
          ]}
        />
        <div>
          <Box variant="h3" padding={{ bottom: 's' }}>Why</Box>
          <ol className="timeline">
            {answer.timeline.map((step, index) => (
              <li key={index}>
                <SpaceBetween size="xs" direction="horizontal">
                  <Badge>{step.step}</Badge>
                  <b>{step.decision}</b>
                </SpaceBetween>
                <div>{step.reason}</div>
                {step.detail && <Box color="text-body-secondary">{step.detail}</Box>}
              </li>
            ))}
          </ol>
        </div>
        <Code label="Headers" text={answer.headers.map((header) => `${header.name}: ${header.value}`).join('\n')} />
        {answer.body.text && <Code label={answer.body.isCut ? 'How the body begins' : 'Body'} text={answer.body.text} />}
      </SpaceBetween>
    </Container>
  );
}
