import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router';
import I18nProvider from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';

import { asFailure } from './api/failure';
import { router } from './router';
import { NoticesProvider } from './shell/notices';
import { SessionGate } from './shell/session';
import { ThemeProvider } from './shell/theme';

/** Only what may pass by itself is tried again, once. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (count, error) => count < 1 && asFailure(error).isPassing,
        refetchOnWindowFocus: false,
        staleTime: 5_000,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}

const queryClient = newQueryClient();

export function App() {
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <QueryClientProvider client={queryClient}>
        <ThemeProvider>
          <NoticesProvider>
            <SessionGate>
              <RouterProvider router={router} />
            </SessionGate>
          </NoticesProvider>
        </ThemeProvider>
      </QueryClientProvider>
    </I18nProvider>
  );
}
