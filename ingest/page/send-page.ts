import type { ServerResponse } from 'node:http';
import { methodNotAllowed, reads } from '../http/http.js';
import { PAGE_DOCUMENT } from './page-document.js';
import { PAGE_STYLE } from './page-style.js';
import { runPage } from './run-page.js';

/** Only what the ingest itself serves may load, and nobody may put the page into a frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

// tsx keeps the names of functions with a call to `__name`, which the text then carries along.
const SCRIPT = `const __name = (value) => value;\n(${runPage.toString()})();\n`;

const FILES = {
  document: ['text/html', PAGE_DOCUMENT],
  style: ['text/css', PAGE_STYLE],
  script: ['text/javascript', SCRIPT],
} as const;

/** Sends a part of the ingest's page. Throws an {@link HttpError} unless it is asked for by GET. */
export function sendPage(
  response: ServerResponse,
  method: string,
  file: keyof typeof FILES,
): undefined {
  if (!reads(method)) throw methodNotAllowed(method, 'GET');
  const [type, text] = FILES[file];
  response.writeHead(200, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': POLICY,
    // A broadcaster of any page asks by HEAD whether the ingest is there, which tells nothing else.
    ...(method !== 'HEAD' && { 'cross-origin-resource-policy': 'same-origin' }),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(text);
}
