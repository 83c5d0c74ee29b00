import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { TlsCredentials } from './options/options.js';

/** Thrown for a command line that makes no sense. */
export class UsageError extends Error {}

/**
 * The options of the command, with its defaults; `undefined` where help is asked for.
 * @throws UsageError
 */
export function readFlags(args: readonly string[]) {
  const { values, positionals } = parse(args);
  if (values.help === true) return undefined;
  if (positionals.length > 0) {
    throw new UsageError(`There is nothing to do with "${positionals.join(' ')}".`);
  }
  return {
    port: number('--port', values.port ?? '3334'),
    timeScale: number('--time-scale', values['time-scale'] ?? '1'),
    rtmpPort: optionalNumber('--rtmp-port', values['rtmp-port']),
    srtPort: optionalNumber('--srt-port', values['srt-port']),
    host: values.host ?? '127.0.0.1',
    allowedHosts: values['allow-host'] ?? [],
    tls: readTls(values),
    ...(values.directory === undefined ? {} : { directory: values.directory }),
  };
}

const OPTIONS = {
  port: { type: 'string' },
  'rtmp-port': { type: 'string' },
  'srt-port': { type: 'string' },
  host: { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
  tls: { type: 'boolean' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'time-scale': { type: 'string' },
  directory: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies NonNullable<ParseArgsConfig['options']>;

function parse(args: readonly string[]) {
  const config = { args: [...args], allowPositionals: true, options: OPTIONS } as const;
  // Node's own words for these are advice to whoever wrote the command.
  const { tokens } = parseArgs({ ...config, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const known: { readonly type: string } | undefined = Object.hasOwn(OPTIONS, name)
      ? OPTIONS[name as keyof typeof OPTIONS]
      : undefined;
    if (known === undefined) {
      throw new UsageError(`There is no option ${rawName}: --help lists those that there are.`);
    }
    if (known.type === 'boolean' && value !== undefined) {
      throw new UsageError(`${rawName} takes no value.`);
    }
    const isMissing = value === undefined || value === '' || (!inlineValue && value[0] === '-');
    if (known.type === 'string' && isMissing) throw new UsageError(`${rawName} needs a value.`);
  }
  return parseArgs(config);
}

function readTls(values: {
  readonly tls?: boolean | undefined;
  readonly 'tls-cert'?: string | undefined;
  readonly 'tls-key'?: string | undefined;
}): boolean | TlsCredentials {
  const { tls = false, 'tls-cert': cert, 'tls-key': key } = values;
  if (cert === undefined && key === undefined) return tls;
  if (cert === undefined || key === undefined) {
    throw new UsageError('--tls-cert and --tls-key belong together.');
  }
  return { cert: readText(cert), key: readText(key) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    // The error of a folder names no path.
    throw new UsageError(`The file ${file} cannot be read (${codeOf(thrown)}).`);
  }
}

function number(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new UsageError(`${flag} takes a number, not "${text}".`);
}

function optionalNumber(flag: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : number(flag, text);
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
}

/** Why the ingest did not start, in the words of its command. */
export function wordsFor(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { code, syscall, path, port } = thrown as NodeJS.ErrnoException & { port?: number };
  if (thrown instanceof RangeError) return inFlags(thrown.message);
  if (syscall === 'getaddrinfo' || code === 'EADDRNOTAVAIL') {
    return 'This machine has no such address to listen on: leave --host out, or name one of its own.';
  }
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use: stop what uses it, or choose another one. 0 is any free one.`;
  }
  if (code === 'EACCES' && port !== undefined) {
    return `This user may not listen on port ${port}: choose one above 1023.`;
  }
  if (syscall === 'mkdir') {
    return `The directory ${path} cannot be made (${code}): choose another one with --directory.`;
  }
  return thrown.message;
}

/** Errors of options begin with the option's name, which is another one on the command line. */
function inFlags(message: string): string {
  if (/^tls /.test(message)) {
    return '--tls-cert and --tls-key are not a certificate and the private key that belongs to it, both as PEM.';
  }
  const flag = (name: string) =>
    `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
  return message.replace(/^[a-z]\w*(?= is )/, flag);
}
