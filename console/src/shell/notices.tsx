// Notices above the page: what was done, what is going on. They outlive a change of pages.

import { createContext, useCallback, useContext, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import Flashbar from '@cloudscape-design/components/flashbar';
import type { FlashbarProps } from '@cloudscape-design/components/flashbar';

export interface Notice {
  /** A notice with the same id is replaced. */
  id: string;
  type: FlashbarProps.Type;
  header?: string;
  content: ReactNode;
  isLoading?: boolean;
}

interface Notices {
  notices: Notice[];
  show: (notice: Notice) => void;
  dismiss: (id: string) => void;
}

const Context = createContext<Notices>({ notices: [], show: () => undefined, dismiss: () => undefined });

export function useNotices(): Notices {
  return useContext(Context);
}

/** More would hide the page. */
const MAX_NOTICES = 4;

export function NoticesProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<Notice[]>([]);
  const show = useCallback((notice: Notice) => {
    setNotices((before) => {
      const at = before.findIndex((other) => other.id === notice.id);
      return at < 0
        ? [notice, ...before].slice(0, MAX_NOTICES)
        : before.map((other, index) => (index === at ? notice : other));
    });
  }, []);
  const dismiss = useCallback((id: string) => {
    setNotices((before) => before.filter((notice) => notice.id !== id));
  }, []);
  const value = useMemo(() => ({ notices, show, dismiss }), [notices, show, dismiss]);
  return <Context value={value}>{children}</Context>;
}

export function NoticesBar() {
  const { notices, dismiss } = useNotices();
  return (
    <Flashbar
      items={notices.map((notice) => ({
        id: notice.id,
        type: notice.type,
        header: notice.header,
        content: notice.content,
        loading: notice.isLoading,
        dismissible: true,
        dismissLabel: 'Dismiss message',
        ariaRole: notice.type === 'error' ? 'alert' : 'status',
        onDismiss: () => dismiss(notice.id),
      }))}
    />
  );
}
