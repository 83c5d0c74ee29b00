import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as ask } from 'node:http';
import { pipeline } from 'node:stream';

/**
 * Passes requests on to the local ingest at `origin`, so that the page talks to one server alone. While
 * the ingest is away each is answered 502, without a word in the terminal.
 */
export function createIngestProxy(
  origin: string,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const { method, headers, url = '' } = request;
    const { host: _, ...passedOn } = headers;
    const onward = ask(new URL(url, origin), { method, headers: passedOn }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // An answer that breaks off ends the page's too, which waits for that.
      pipeline(answer, response, () => response.destroy());
    });
    onward.once('error', () => {
      if (response.headersSent) return void response.destroy();
      response.writeHead(502, { 'content-type': 'application/json' });
      response.end('{"message":"The local server does not answer. It may be restarting."}');
    });
    response.once('close', () => onward.destroy());
    request.pipe(onward);
  };
}
