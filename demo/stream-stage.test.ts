import { describe, expect, it } from 'vitest';
import { streamStage } from './stream-stage.js';

describe('streamStage', () => {
  it.each([
    ['created', null, 'created'],
    ['waiting', null, 'waiting'],
    ['live', null, 'live'],
    ['idle', null, 'idle'],
    ['stopped', null, 'stopped'],
    ['deleted', null, 'stopped'],
    ['a new word', null, null],
    [null, null, null],
    ['waiting', { status: 'starting', isOurs: false }, 'waiting'],
    ['waiting', { status: 'reaching', isOurs: true }, 'live'],
    ['live', { status: 'reaching', isOurs: true }, 'live'],
    ['live', { status: 'interrupted', isOurs: true }, 'idle'],
    ['idle', { status: 'interrupted', isOurs: true }, 'idle'],
    ['live', { status: 'off', isOurs: true }, 'idle'],
    ['live', { status: 'off', isOurs: false }, 'live'],
    ['stopped', { status: 'reaching', isOurs: true }, 'stopped'],
    ['stopped', { status: 'interrupted', isOurs: true }, 'stopped'],
  ] as const)('of %s with %o is %s', (word, own, stage) => {
    expect(streamStage(word, own)).toBe(stage);
  });
});
