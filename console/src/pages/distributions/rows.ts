// The list of distributions, page after page, and only as much of each as a row shows.

import { useEffect, useMemo } from 'react';
import { useInfiniteQuery } from '@tanstack/react-query';

import { items, listDistributions } from '../../api/distributions';
import type { DistributionSummary } from '../../api/types';
import { keys } from '../../components/queries';

export interface Row {
  id: string;
  domainName: string;
  description: string;
  aliases: string[];
  origins: string[];
  isEnabled: boolean;
  state: string;
  status: string;
  statusWord: string;
  lastModified: string;
  priceClass: string;
  httpVersion: string;
}

export function rowOf(summary: DistributionSummary): Row {
  return {
    id: summary.Id,
    domainName: summary.DomainName,
    description: summary.Comment,
    aliases: items(summary.Aliases),
    origins: items(summary.Origins).map((origin) => origin.DomainName),
    isEnabled: summary.Enabled,
    state: summary.Enabled ? 'Enabled' : 'Disabled',
    status: summary.Status,
    statusWord: summary.Status === 'InProgress' ? 'Deploying' : 'Deployed',
    lastModified: summary.LastModifiedTime,
    priceClass: summary.PriceClass,
    httpVersion: summary.HttpVersion,
  };
}

/** All rows that were fetched so far. With `wantsAll` the rest is fetched in the background, one page at a time. */
export function useRows(wantsAll: boolean) {
  const query = useInfiniteQuery({
    queryKey: keys.distributions,
    queryFn: async ({ pageParam, signal }) => {
      const page = await listDistributions(pageParam, signal);
      return { rows: items(page).map(rowOf), next: page.NextMarker };
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    refetchInterval: (state) => (isDeploying(state.state.data?.pages) ? 3000 : false),
  });
  const { hasNextPage, isFetching, error, fetchNextPage } = query;
  useEffect(() => {
    if (wantsAll && hasNextPage && !isFetching && !error) void fetchNextPage();
  }, [wantsAll, hasNextPage, isFetching, error, fetchNextPage]);
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  return { ...query, rows };
}

/** Only a short list is worth asking for again and again. */
function isDeploying(pages: { rows: Row[] }[] | undefined): boolean {
  return pages?.length === 1 && pages.some((page) => page.rows.some((row) => row.status === 'InProgress'));
}
