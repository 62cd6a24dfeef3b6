import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const api = process.env.WARMFRONT_API ?? 'http://127.0.0.1:8790';

/** Cloudscape's stylesheet embeds Open Sans in eight forms; the console shows two, and browsers slant by themselves. */
function twoFonts(): Plugin {
  return {
    name: 'two-fonts',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('global-styles/index.css')) return undefined;
      const faces = /@font-face\s*\{[^}]*\}/g;
      const isShown = (face: string) => /font-style:\s*normal/.test(face) && /font-weight:\s*(400|700)/.test(face);
      return { code: code.replace(faces, (face) => (isShown(face) ? face : '')), map: null };
    },
  };
}

export default defineConfig({
  base: '/console/',
  plugins: [twoFonts(), react()],
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
    // Two files at a time on two processors, too.
    maxWorkers: '100%',
  },
});
