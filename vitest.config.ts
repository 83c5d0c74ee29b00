import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Most of them wait, for ffmpeg or for sockets; the default leaves a core of two idle.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['{src,ingest,demo,scripts}/**/*.test.ts'],
          exclude: ['src/react/**'],
          setupFiles: ['ingest/testing/test-setup.ts', 'src/core/test-setup.ts'],
          // Real media on a busy machine; nothing is judged by how long it takes.
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'react',
          environment: 'jsdom',
          include: ['src/react/**/*.test.{ts,tsx}'],
          setupFiles: ['src/react/test-setup.ts'],
        },
      },
      {
        test: {
          name: 'package',
          environment: 'node',
          include: ['e2e/package/**/*.test.ts'],
          // Packs, unpacks and type-checks with real tools.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
