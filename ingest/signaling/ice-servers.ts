import type { Fault, IceServersFault } from '../faults/faults.js';
import type { IngestIceServer, ResolvedOptions } from '../options/options.js';
import type { OmeIceServer } from './ome-messages.js';

/** Which candidates and lists an offer carries. */
export interface OfferTransport {
  readonly transports: readonly ('udp' | 'tcp')[];
  /** Stands in for every real candidate: nothing but a relay can be used. */
  readonly dummyCandidate?: string;
  readonly lists: {
    readonly ice_servers?: readonly OmeIceServer[];
    readonly iceServers?: readonly OmeIceServer[];
  };
}

const DUMMY = 'candidate:1000000001 1 UDP 2130706431 100.127.255.254 1518 typ host';

/**
 * The meaning of `?transport=`. Generation 0.20 knows `tcp` alone, and answers it with its embedded
 * TURN server beside the UDP candidates; 0.21 has direct TCP candidates and keeps the lists for
 * `relay` and `all`. There is no TURN server in this ingest: the lists come from the options.
 */
export function offerTransport(
  transport: string | null,
  options: Pick<ResolvedOptions, 'generation' | 'iceServers' | 'host'>,
  fault: Fault | undefined,
): OfferTransport {
  const wanted = transport?.toLowerCase();
  const lists = faultyLists(fault, options) ?? bothLists(options.iceServers);
  const none = fault === undefined ? {} : (faultyLists(fault, options) ?? {});
  if (options.generation !== '0.21') {
    return { transports: ['udp'], lists: wanted === 'tcp' ? lists : none };
  }
  switch (wanted) {
    case 'udp':
      return { transports: ['udp'], lists: none };
    case 'tcp':
      return { transports: ['tcp'], lists: none };
    case 'relay':
      return { transports: [], dummyCandidate: DUMMY, lists };
    case 'all':
      return { transports: ['udp', 'tcp'], lists };
    default:
      return { transports: ['udp', 'tcp'], lists: none };
  }
}

function bothLists(servers: readonly IngestIceServer[]): Lists {
  if (servers.length === 0) return {};
  return {
    ice_servers: servers.map(({ username, ...rest }) => ({
      ...rest,
      ...(username === undefined ? {} : { user_name: username }),
    })),
    iceServers: servers,
  };
}

type Lists = OfferTransport['lists'];

/** The lists that each fault leaves. */
const FAULTY: Readonly<Record<IceServersFault['kind'], (lists: Lists) => Lists>> = {
  'user-name-only': ({ ice_servers = [] }) => ({ ice_servers }),
  'username-only': ({ iceServers = [] }) => ({ iceServers }),
  'empty-ice-servers': () => ({ ice_servers: [], iceServers: [] }),
};

function isOfIceServers(fault: Fault | undefined): fault is IceServersFault {
  return fault !== undefined && Object.hasOwn(FAULTY, fault.kind);
}

function faultyLists(
  fault: Fault | undefined,
  { iceServers, host }: Pick<ResolvedOptions, 'iceServers' | 'host'>,
): Lists | undefined {
  if (!isOfIceServers(fault)) return undefined;
  const embedded = [
    { urls: [`turn:${host}:3478?transport=tcp`], username: 'ome', credential: 'airen' },
  ];
  return FAULTY[fault.kind](bothLists(iceServers.length > 0 ? iceServers : embedded));
}
