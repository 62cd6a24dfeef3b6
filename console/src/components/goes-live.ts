// A notice that follows a change from "saved" to "live on every edge".

import { useQueryClient } from '@tanstack/react-query';

import { readDistribution } from '../api/distributions';
import type { Distribution, Versioned } from '../api/types';
import { useNotices } from '../shell/notices';
import { keys } from './queries';

const EVERY_MS = 1000;
/** After this long a person should look themselves. */
const MAX_ROUNDS = 300;

/** Shows what was done and follows it. `answer` is what the server said to the change. */
export function useGoesLive() {
  const queryClient = useQueryClient();
  const { show } = useNotices();
  return (done: string, answer: Versioned<Distribution>) => {
    const id = answer.value.Id;
    const notice = `live-${id}`;
    const warnings = answer.warnings.length > 0 ? ` Kept without effect in this version: ${answer.warnings.join('; ')}.` : '';
    const finish = () => show({ id: notice, type: 'success', header: done, content: `The change is live.${warnings}` });
    const follow = async (round: number): Promise<void> => {
      const now = await readDistribution(id).catch(() => null);
      if (now) queryClient.setQueryData(keys.distribution(id), now);
      if (now?.value.Status === 'Deployed') return finish();
      if (round >= MAX_ROUNDS) {
        return show({ id: notice, type: 'warning', header: done, content: 'It is saved, but some edge does not serve it yet.' });
      }
      setTimeout(() => void follow(round + 1), EVERY_MS);
    };
    show({
      id: notice, type: 'in-progress', isLoading: true, header: done,
      content: `Saved. The change is on its way to the edges.${warnings}`,
    });
    void follow(0);
  };
}
