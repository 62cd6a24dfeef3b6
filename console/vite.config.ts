import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const api = process.env.WARMFRONT_API ?? 'http://127.0.0.1:8790';

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  server: {
    proxy: { '/2020-05-31': api, '/console/session': api, '/console/check-page': api, '/console/try': api, '/console/preview': api },
  },
  build: {
    target: 'es2022',
    // The policy of the served console allows no inline script and no data address for scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['test/setup.ts'],
    include: ['test/**/*.test.{ts,tsx}'],
    server: { deps: { inline: [/@cloudscape-design/] } },
    testTimeout: 30_000,
  },
});
