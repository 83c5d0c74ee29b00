import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One fenced piece of code in a README or in docs/. */
export interface Snippet {
  /** Such as `README.md`. */
  readonly file: string;
  /** The line of its first line of code, from 1. */
  readonly line: number;
  /** The word behind the fence, such as `tsx`. */
  readonly language: string;
  readonly code: string;
}

/** Every piece of code that a reader may copy, in the order of the files. */
export function readSnippets(): readonly Snippet[] {
  return markdownFiles().flatMap((file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    const snippets: Snippet[] = [];
    for (let at = 0; at < lines.length; at += 1) {
      const [, language] = /^```(\w+)$/.exec(lines[at] ?? '') ?? [];
      if (language === undefined) continue;
      const end = lines.indexOf('```', at + 1);
      if (end < 0) throw new Error(`${file}:${at + 1} begins a piece of code that has no end.`);
      const code = lines.slice(at + 1, end).join('\n');
      snippets.push({ file, line: at + 2, language, code });
      at = end;
    }
    return snippets;
  });
}

/** The READMEs of both packages, and every page in docs/. */
export function markdownFiles(): readonly string[] {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const docs = pages.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
  return ['README.md', 'ingest/README.md', ...docs.sort()];
}
