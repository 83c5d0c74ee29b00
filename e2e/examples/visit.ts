import type { Page } from '@playwright/test';
import type { Ingest } from '../../ingest/index.js';
import type { OpenStream } from '../fixtures.js';

/** The tools of a check of an example. */
export interface ExampleVisit {
  readonly page: Page;
  readonly origin: string;
  readonly ingest: Ingest;
  readonly stream: OpenStream;
}
