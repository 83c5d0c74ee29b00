import { defineConfig } from 'vitest/config';

/**
 * The tests beside the pure parts that mutation testing changes, and no others: what only a play of
 * whole broadcasts would notice counts as unnoticed.
 */
export default defineConfig({
  test: {
    environment: 'node',
    include: [
      'src/core/connection/{connection-states,liveness,stream-status}.test.ts',
      'src/core/ingest-window/*.test.ts',
      'src/core/signaling/{ingest-url,limits,ome-parse}.test.ts',
      'src/core/stats/{health,health-measures,recorded,report,sample,sample-ring}.test.ts',
      'src/core/transition.test.ts',
      'src/core/sampling.test.ts',
    ],
    testTimeout: 30_000,
  },
});
