const FIRST_PORT = 1024;
const PORTS = 65_536 - FIRST_PORT;

/**
 * A candidate (RFC 8839 section 5.1) of the same host as the first UDP one of `candidates`, on the
 * port `offset` above it; `null` where there is none to go by.
 */
export function spareCandidate(
  candidates: readonly RTCIceCandidateInit[],
  offset: number,
): RTCIceCandidateInit | null {
  for (const init of candidates) {
    const fields = init.candidate?.split(' ') ?? [];
    const port = Number(fields[5]);
    if (fields[2]?.toLowerCase() !== 'udp' || !Number.isInteger(port)) continue;
    const spare = FIRST_PORT + ((port + offset - FIRST_PORT + PORTS) % PORTS);
    fields[5] = String(spare);
    return { ...init, candidate: fields.join(' ') };
  }
  return null;
}
