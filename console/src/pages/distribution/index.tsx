// One distribution: its settings in tabs.

import { lazy, Suspense, useEffect } from 'react';
import { useNavigate, useParams } from 'react-router';
import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';

import { BASE } from '../../base';
import type { Distribution, Versioned } from '../../api/types';
import { segment } from '../../components/links';
import { useDistribution } from '../../components/queries';
import { WithDistribution } from '../../components/with-distribution';
import { TABS, usePlace } from '../../shell/frame';
import NotFound from '../not-found';
import { DistributionActions } from './actions';

const CONTENT: Record<string, React.ComponentType<{ found: Versioned<Distribution> }>> = {
  general: lazy(() => import('./general')),
  origins: lazy(() => import('../origins/tab')),
  behaviors: lazy(() => import('../behaviors/tab')),
  'error-pages': lazy(() => import('../error-pages/tab')),
  invalidations: lazy(() => import('../invalidations/tab')),
  tags: lazy(() => import('../tags/tab')),
};

export default function DistributionPage() {
  const { id = '', tab = '' } = useParams();
  const navigate = useNavigate();
  const label = TABS.find(([, name]) => name === tab)?.[0] ?? '';
  usePlace([
    { text: 'Distributions', path: '/distributions' },
    { text: id, path: `/distributions/${segment(id)}/general` },
    ...(label ? [{ text: label, path: `/distributions/${segment(id)}/${tab}` }] : []),
  ]);
  // On a narrow screen the chosen tab may be out of sight.
  const isThere = useDistribution(id).data !== undefined;
  useEffect(() => {
    if (isThere) requestAnimationFrame(() => document.querySelector('main [role="tab"][aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'center' }));
  }, [isThere, tab]);
  if (!label) return <NotFound />;
  return (
    <WithDistribution>
      {(found) => (
        <SpaceBetween size="m">
          <Header variant="h1" description={found.value.DistributionConfig.Comment || undefined} actions={<DistributionActions found={found} />}>
            {id}
          </Header>
          <Tabs
            ariaLabel={`Settings of ${id}`}
            activeTabId={tab}
            onChange={(event) => {
              void navigate(`/distributions/${segment(id)}/${event.detail.activeTabId}`);
            }}
            tabs={TABS.map(([text, name]) => {
              const Content = CONTENT[name];
              return {
                id: name,
                label: text,
                href: `${BASE}/distributions/${segment(id)}/${name}`,
                content: (
                  <Suspense fallback={<Box textAlign="center" padding="l"><Spinner /></Box>}>
                    {name === tab && Content && <Content found={found} />}
                  </Suspense>
                ),
              };
            })}
          />
        </SpaceBetween>
      )}
    </WithDistribution>
  );
}
