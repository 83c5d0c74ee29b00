import { describe, expect, it } from 'vitest';
import { offerTransport } from './ice-servers.js';

const turn = { urls: ['turn:127.0.0.1:9?transport=tcp'], username: 'u', credential: 'p' };
const with020 = { generation: '0.20', iceServers: [turn], host: '127.0.0.1' } as const;
const with021 = { ...with020, generation: '0.21' } as const;
const lists = {
  ice_servers: [{ urls: turn.urls, user_name: 'u', credential: 'p' }],
  iceServers: [turn],
};

describe('offerTransport', () => {
  it('gives 0.20 clients that want TCP the relay beside UDP', () => {
    expect(offerTransport('TCP', with020, undefined)).toEqual({ transports: ['udp'], lists });
    expect(offerTransport('all', with020, undefined).lists).toEqual({});
    expect(offerTransport('tcp', { ...with020, iceServers: [] }, undefined).lists).toEqual({});
  });

  it('gives 0.21 clients direct TCP, and the relay on request', () => {
    expect(offerTransport('tcp', with021, undefined)).toEqual({ transports: ['tcp'], lists: {} });
    expect(offerTransport(null, with021, undefined).transports).toEqual(['udp', 'tcp']);
    expect(offerTransport('all', with021, undefined).lists).toEqual(lists);
    expect(offerTransport('relay', with021, undefined)).toMatchObject({
      transports: [],
      dummyCandidate: expect.stringContaining('100.127.255.254'),
    });
  });

  it('spells the lists as a fault says, whatever was asked for', () => {
    const of = (kind: 'user-name-only' | 'username-only' | 'empty-ice-servers') =>
      offerTransport(null, with020, { kind }).lists;
    expect(of('user-name-only')).toEqual({ ice_servers: lists.ice_servers });
    expect(of('username-only')).toEqual({ iceServers: lists.iceServers });
    expect(of('empty-ice-servers')).toEqual({ ice_servers: [], iceServers: [] });
  });
});
