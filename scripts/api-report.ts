import { mkdirSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { IConfigFile } from '@microsoft/api-extractor';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

interface Entry {
  /** Where its declarations are. */
  readonly types: string;
  /** The folder of its package. */
  readonly folder: string;
}

/** The entries of both packages, by the names of their reports. */
const ENTRIES: Readonly<Record<string, Entry>> = {
  'webrtc-broadcaster': { types: 'dist/types/src/index.d.ts', folder: '' },
  core: { types: 'dist/types/src/core/index.d.ts', folder: '' },
  ingest: { types: 'ingest/dist/types/index.d.ts', folder: 'ingest/' },
  qencode: { types: 'dist/types/src/qencode/index.d.ts', folder: '' },
  testing: { types: 'dist/types/src/testing/index.d.ts', folder: '' },
};

const root = fileURLToPath(new URL('..', import.meta.url));
const reports = `${root}api/`;
const drafts = `${root}test-results/api/`;

/**
 * Writes what each entry exports, with types, to `api/`, so that a change of the interface shows
 * in the diff. With `--check` nothing is written, and a report that is out of date fails.
 */
const writes = !process.argv.includes('--check');
for (const folder of [reports, drafts]) mkdirSync(folder, { recursive: true });
let isRight = true;
for (const [name, { types, folder }] of Object.entries(ENTRIES)) {
  const configObject: IConfigFile = {
    projectFolder: root,
    mainEntryPointFilePath: `${root}${types}`,
    compiler: { tsconfigFilePath: `${root}tsconfig.json`, skipLibCheck: true },
    apiReport: {
      enabled: true,
      reportFileName: name,
      reportFolder: reports,
      reportTempFolder: drafts,
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    newlineKind: 'lf',
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      extractorMessageReporting: {
        default: { logLevel: ExtractorLogLevel.Error, addToApiReportFile: true },
        // The kit marks nothing as public or beta: all that is exported is public.
        'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
      },
      // The comments are read by TypeDoc, which has warnings of its own.
      tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
    },
  };
  const config = ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: undefined,
    packageJsonFullPath: `${root}${folder}package.json`,
  });
  const { succeeded } = Extractor.invoke(config, {
    localBuild: writes,
    showVerboseMessages: false,
  });
  isRight &&= succeeded;
}
process.exitCode = isRight ? 0 : 1;
