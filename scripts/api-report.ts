import { mkdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { IConfigFile } from '@microsoft/api-extractor';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

/** The folder of each package, and the name of the report on its main entry. */
const PACKAGES = [
  { folder: '', main: 'webrtc-broadcaster' },
  { folder: 'ingest/', main: 'ingest' },
] as const;

interface Entry {
  /** The name of its report. */
  readonly name: string;
  /** Where its declarations are. */
  readonly types: string;
  /** The folder of its package. */
  readonly folder: string;
}

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
for (const { name, types, folder } of PACKAGES.flatMap(entriesOf)) {
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

/** Every entry with types in the exports map of a package; entries that share their types share a report. */
function entriesOf({ folder, main }: (typeof PACKAGES)[number]): readonly Entry[] {
  const { exports }: { readonly exports: Readonly<Record<string, string | { types: string }>> } =
    JSON.parse(readFileSync(`${root}${folder}package.json`, 'utf8'));
  const entries = new Map<string, Entry>();
  for (const [path, target] of Object.entries(exports)) {
    if (typeof target === 'string' || !target.types.endsWith('.d.ts')) continue;
    const types = `${folder}${target.types.replace('./', '')}`;
    const name = path === '.' ? main : path.replace('./', '');
    if (!entries.has(types)) entries.set(types, { name, types, folder });
  }
  return [...entries.values()];
}
