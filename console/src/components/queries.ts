// What pages ask for, under one key each, so that a change is seen everywhere.

import { useQuery, useQueryClient } from '@tanstack/react-query';

import { readDistribution } from '../api/distributions';
import { listOriginAccessControls, listPolicies } from '../api/resources';
import type { PolicyKind } from '../api/resources';
import type { Distribution, Versioned } from '../api/types';

/** How often is asked whether a change is live, in milliseconds. */
const DEPLOYING_MS = 1500;

export const keys = {
  distributions: ['distributions'],
  distribution: (id: string) => ['distribution', id],
  tags: (arn: string) => ['tags', arn],
  invalidations: (id: string) => ['invalidations', id],
  invalidation: (id: string, invalidation: string) => ['invalidation', id, invalidation],
  policies: (kind: PolicyKind) => ['policies', kind],
  originAccessControls: ['origin-access-controls'],
  checks: (id: string) => ['checks', id],
};

/** The distribution; asked again while a change is on its way to the edges. */
export function useDistribution(id: string) {
  return useQuery({
    queryKey: keys.distribution(id),
    queryFn: ({ signal }) => readDistribution(id, signal),
    refetchInterval: (query) => (query.state.data?.value.Status === 'InProgress' ? DEPLOYING_MS : false),
  });
}

export function usePolicies(kind: PolicyKind) {
  return useQuery({ queryKey: keys.policies(kind), queryFn: ({ signal }) => listPolicies(kind, signal), staleTime: 60_000 });
}

export function useOriginAccessControls(isWanted = true) {
  return useQuery({
    queryKey: keys.originAccessControls,
    queryFn: ({ signal }) => listOriginAccessControls(signal),
    enabled: isWanted,
  });
}

/** Puts an answer of the server in the place of what was known. */
export function useKnow() {
  const queryClient = useQueryClient();
  return (id: string, answer: Versioned<Distribution>) => {
    queryClient.setQueryData(keys.distribution(id), answer);
    void queryClient.invalidateQueries({ queryKey: keys.distributions });
    void queryClient.invalidateQueries({ queryKey: keys.checks(id) });
  };
}
