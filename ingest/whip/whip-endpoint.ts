import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { endPublisher } from '../context/end-publisher.js';
import type { IngestContext } from '../context/ingest-context.js';
import { HttpError, type HttpRequest, type HttpRoute } from '../http/http.js';
import { LIMITS } from '../options/limits.js';
import { offerTransport } from '../signaling/ice-servers.js';
import { publishBrowser } from '../signaling/publish-browser.js';
import { findTarget } from '../signaling/signaling-endpoint.js';
import { readSignalingTarget, type SignalingTarget } from '../streams/addresses.js';
import type { Channel, Publisher } from '../streams/channel.js';
import { isStarted } from '../streams/live-streams.js';
import type { StreamRecord } from '../streams/stream-record.js';
import { answerSdp, asAnswer, readOffer, UnusableOffer } from '../webrtc/browser-offer.js';
import type { IngestPeer } from '../webrtc/ingest-peer.js';
import { randomName } from '../webrtc/sdp.js';
import { type Fragment, formatFragment, readFragment } from './sdp-fragment.js';
import { linksTo, redirectTo, refuse, sendCreated } from './whip-answers.js';
import { isAuthorized } from './whip-token.js';

/** Letters and digits in a session's name and in an entity tag, as OvenMediaEngine has them. */
const NAME_LENGTH = 8;
const METHODS = ['OPTIONS', 'POST', 'PATCH', 'DELETE'];

/** A session that was created; it is over when its publisher no longer holds the stream's name. */
interface WhipSession {
  readonly name: string;
  readonly publisher: Publisher;
  readonly peer: IngestPeer;
  /** Of the ICE session: a restart makes another one. */
  etag: string;
}

/** Where a request goes. */
interface WhipTarget extends SignalingTarget {
  /** The session in the address; empty in that of the endpoint. */
  readonly session: string;
}

/** Whether a request is for WHIP: `direction=whip` makes it so, as on OvenMediaEngine. */
export function isForWhip(method: string | undefined, target: string): boolean {
  const query = new URLSearchParams(target.split('?')[1] ?? '');
  return METHODS.includes(method ?? '') && query.get('direction') === 'whip';
}

/**
 * WHIP (RFC 9725) as OvenMediaEngine speaks it (modules/whip/whip_server.cpp), on the port of its
 * WebSocket signaling, at `/<app>/<stream>?direction=whip`; below that, the session's own address.
 * Refusals are plain words.
 */
export function createWhipRoute(context: IngestContext): HttpRoute {
  // One for each name, because a name has one publisher.
  const sessions = new WeakMap<Channel, WhipSession>();
  const { options, faults, events } = context;

  const sessionAt = ({ session: name, ...target }: WhipTarget) => {
    const stream = findTarget(target, context.registry);
    const session = stream === undefined ? undefined : sessions.get(stream.channel);
    const isThere = session?.name === name && stream?.channel.publisher === session.publisher;
    return isThere ? { stream, session } : undefined;
  };
  const tooMuch = (words: string, stream: StreamRecord | undefined) => {
    events.add('publish-refused', `Publisher refused: ${words}`, stream?.id);
    return new HttpError(400, words);
  };
  const checkCandidates = (body: string, stream: StreamRecord | undefined) => {
    if (body.length > LIMITS.descriptionLength) {
      throw tooMuch(`A description of more than ${LIMITS.descriptionLength} characters`, stream);
    }
    if (body.split('a=candidate:').length - 1 > LIMITS.candidates) {
      throw tooMuch(`More than ${LIMITS.candidates} candidates`, stream);
    }
  };

  const post = async (request: HttpRequest, response: ServerResponse, target: WhipTarget) => {
    const { streamKey, app } = target;
    const { query, headers } = request;
    const fault = faults.get(streamKey);
    const stream = findTarget(target, context.registry);
    if (fault?.kind === 'redirect' && !query.has('redirected')) {
      return redirectTo({ request, response, target, stream, fault });
    }
    if (target.session !== '') throw new HttpError(400, 'Invalid URI');
    const body = await request.text();
    if (options.whip === 'rfc9725' && !isOfType(headers['content-type'], 'application/sdp')) {
      throw new HttpError(415, 'The body of an offer is application/sdp');
    }
    checkCandidates(body, stream);
    if (fault?.kind === 'no-offer') return void (await once(response, 'close'));
    if (fault?.kind === 'slow-offer') await delay(fault.delayMs, undefined, { ref: false });
    if (response.destroyed) return;
    const refused = (status: number, words: string) => {
      events.add('publish-refused', `Publisher refused: ${status} ${words}`, stream?.id);
      return new HttpError(status, words);
    };
    if (app !== 'qlive') throw refused(404, 'Could not find application');
    if (faults.takeNotFound(streamKey) || stream === undefined || !isStarted(stream.life)) {
      throw refused(404, 'Could not find stream');
    }
    if (fault?.kind === 'forbid-answer') throw refused(403, 'Forbidden');
    const offer = readUsable(body, refused);
    if (!stream.channel.isFree) throw refused(409, 'Stream is already exist');
    const transport = offerTransport(query.get('transport'), options, fault);
    const { transports, dummyCandidate, lists } = transport;
    const { transportCcExtension } = offer;
    let peer: IngestPeer | undefined;
    const publisher = await stream.channel
      .claim(async () => {
        peer = await context.peers.create({
          role: 'publisher',
          transports: transports.length > 0 ? transports : ['udp'],
          media: offer.media,
          ...(transportCcExtension === undefined ? {} : { transportCcExtension }),
        });
        return publishBrowser(peer, asAnswer(offer), stream, { context, endSocket: () => {} });
      })
      .catch(() => undefined);
    if (publisher === undefined || peer === undefined) {
      if (peer !== undefined) await context.peers.release(peer);
      throw refused(500, 'Could not create answer SDP');
    }
    const session = {
      name: randomName(NAME_LENGTH),
      publisher,
      peer,
      etag: randomName(NAME_LENGTH),
    };
    sessions.set(stream.channel, session);
    // Nobody knows the address of a session whose creation was not heard of.
    if (response.destroyed) return void (await endPublisher(stream, context, publisher));
    const answer = answerSdp(offer, {
      transport: peer.transport,
      candidates: dummyCandidate === undefined ? candidatesOf(peer) : [dummyCandidate],
      congestionControl: options.congestionControl,
    });
    await sendCreated({
      request,
      response,
      answer,
      path: pathOf({ ...target, session: session.name }),
      etag: session.etag,
      links: linksTo(lists.iceServers ?? []),
      profile: options.whip,
      odd: fault?.kind === 'odd-answer' ? fault : undefined,
    });
  };

  const patch = async (request: HttpRequest, response: ServerResponse, target: WhipTarget) => {
    const { headers } = request;
    if (target.session === '') throw new HttpError(400, 'Invalid URI');
    const body = await request.text();
    const found = sessionAt(target);
    checkCandidates(body, found?.stream);
    const fault = faults.get(target.streamKey);
    if (fault?.kind === 'slow-patch') await delay(fault.delayMs, undefined, { ref: false });
    const fragment = readFragment(body);
    // The real server looks no further.
    if (options.whip === 'ome') {
      if (fragment === undefined) throw new HttpError(400, 'Could not parse SDP fragment');
      return void response.writeHead(204).end();
    }
    if (!isOfType(headers['content-type'], FRAGMENT_TYPE)) {
      throw new HttpError(415, `The body of a PATCH is ${FRAGMENT_TYPE}`);
    }
    if (fragment === undefined) throw new HttpError(400, 'Could not parse SDP fragment');
    if (found === undefined) throw new HttpError(404, 'Could not find session');
    const { session } = found;
    const match = headers['if-match'];
    if (match === undefined) throw new HttpError(428, 'If-Match is required');
    const { usernameFragment, password } = fragment;
    if (match.trim() === '*' && usernameFragment !== undefined && password !== undefined) {
      await session.peer.restartIce({ usernameFragment, password });
      session.etag = randomName(NAME_LENGTH);
      response.writeHead(200, { 'content-type': FRAGMENT_TYPE, etag: `"${session.etag}"` });
      return void response.end(restarted(fragment, session.peer));
    }
    const tags = match.split(',').map((tag) => tag.trim());
    if (!tags.includes('*') && !tags.includes(`"${session.etag}"`)) {
      throw new HttpError(412, 'The entity tag is that of another ICE session');
    }
    // Whoever offers is heard from first, so that there is nothing to do with its candidates.
    response.writeHead(204).end();
  };

  const remove = async (response: ServerResponse, target: WhipTarget) => {
    if (target.session === '') throw new HttpError(400, 'Invalid URI');
    const found = sessionAt(target);
    if (found === undefined) throw new HttpError(404, 'Could not find session');
    sessions.delete(found.stream.channel);
    await endPublisher(found.stream, context, found.session.publisher);
    response.writeHead(200).end();
  };

  return async (request, response) => {
    const { method, headers, path } = request;
    const target = readWhipTarget(path);
    const isPage = headers.origin !== undefined;
    if (isPage) response.setHeader('access-control-expose-headers', 'Location, Link, ETag');
    try {
      if (method === 'OPTIONS') {
        if (target.app !== 'qlive') throw new HttpError(404, 'Could not find application');
        const asked = headers['access-control-request-headers'];
        response.setHeader('access-control-allow-methods', METHODS.join(', '));
        if (asked !== undefined) response.setHeader('access-control-allow-headers', asked);
        return void response.writeHead(200).end();
      }
      if (method !== 'POST' && method !== 'PATCH' && method !== 'DELETE') {
        throw new HttpError(404, 'There is nothing at this address.');
      }
      const refusal = faults.takeRefusal(target.streamKey, method);
      if (refusal !== undefined) return void (await refuse(response, refusal));
      if (!isAuthorized(headers, options.whipToken)) {
        throw new HttpError(401, 'Unauthorized', { 'www-authenticate': 'Bearer' });
      }
      if (method === 'POST') await post(request, response, target);
      else if (method === 'PATCH') await patch(request, response, target);
      else await remove(response, target);
    } catch (thrown) {
      if (!(thrown instanceof HttpError)) throw thrown;
      if (response.headersSent || response.destroyed) return undefined;
      const type = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
      response.writeHead(thrown.status, { ...thrown.headers, ...type }).end(thrown.message);
    }
    return undefined;
  };
}

const FRAGMENT_TYPE = 'application/trickle-ice-sdpfrag';

function isOfType(header: string | undefined, type: string): boolean {
  return header?.split(';')[0]?.trim().toLowerCase() === type;
}

function readUsable(body: string, refused: (status: number, words: string) => HttpError) {
  try {
    return readOffer(body);
  } catch (thrown) {
    throw thrown instanceof UnusableOffer ? refused(400, thrown.message) : thrown;
  }
}

function candidatesOf({ offer }: IngestPeer): readonly string[] {
  return offer.candidates.map(({ candidate }) => candidate);
}

function restarted({ mLine, mid }: Fragment, peer: IngestPeer): string {
  return formatFragment({ ...peer.transport, mLine, mid, candidates: candidatesOf(peer) });
}

/** `/live-<hex>/<app>/<key>/<session>`, `/<app>/<key>/<session>`, or either without a session. */
function readWhipTarget(path: readonly string[]): WhipTarget {
  const target = readSignalingTarget(path);
  const session = path.slice(target.host === undefined ? 2 : 3).join('/');
  return { ...target, session };
}

function pathOf({ host, app, streamKey, session }: WhipTarget): string {
  const elements = [...(host === undefined ? [] : [host]), app, streamKey, session];
  return `/${elements.map(encodeURIComponent).join('/')}?direction=whip`;
}
