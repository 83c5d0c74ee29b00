import type { Page } from '@playwright/test';

/** How bad a line is; what is left out is good. */
export interface Line {
  /** Added to every packet in each direction. */
  readonly latencyMs?: number;
  /** Per cent of the packets sent. */
  readonly loss?: number;
  readonly kbps?: number;
  /** Packets that wait until there is room on the line; more are lost. Default 200. */
  readonly queue?: number;
}

/** Chromium's own line for WebRTC, for as long as it is not ended. */
export interface Shaper {
  shape(line: Line): Promise<void>;
  end(): Promise<void>;
}

/**
 * Shapes what the page sends and receives over WebRTC. Chromium looks for a limit when a connection
 * is made, and then follows its changes; so the first call comes before that.
 */
export async function openShaper(page: Page): Promise<Shaper> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  return {
    async shape({ latencyMs = 1, loss = 0, kbps = 50_000, queue = 200 }) {
      await session.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: latencyMs,
        downloadThroughput: -1,
        uploadThroughput: (kbps * 1000) / 8,
        packetLoss: loss,
        packetQueueLength: queue,
      });
    },
    end: () => session.detach(),
  };
}
