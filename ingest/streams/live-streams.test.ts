import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canStart,
  deadlineOf,
  isStarted,
  nextLife,
  type StreamEvent,
  type StreamLife,
} from './live-streams.js';

const rules = { startTimeoutSeconds: 120, resumeTimeoutSeconds: 120 };
const lived = (steps: readonly (readonly [StreamEvent, number])[]): StreamLife =>
  steps.reduce<StreamLife>((life, [what, at]) => nextLife(life, what, at, rules), {
    status: 'created',
  });

describe('the life of a stream', () => {
  it('waits once started, is live with input, idle without', () => {
    expect(lived([['start', 0]])).toEqual({ status: 'waiting', startedAt: 0 });
    expect(
      lived([
        ['start', 0],
        ['input', 119_999],
      ]),
    ).toEqual({ status: 'live', startedAt: 0 });
    expect(
      lived([
        ['start', 0],
        ['input', 5],
        ['input-lost', 9],
      ]),
    ).toEqual({
      status: 'idle',
      startedAt: 0,
      lostAt: 9,
    });
  });

  it('stops when nothing comes in for 120 s', () => {
    expect(
      lived([
        ['start', 0],
        ['time', 119_999],
      ]).status,
    ).toBe('waiting');
    expect(
      lived([
        ['start', 0],
        ['time', 120_000],
      ]),
    ).toEqual({
      status: 'stopped',
      reason: 'no-input',
    });
    expect(
      lived([
        ['start', 0],
        ['input', 120_000],
      ]).status,
    ).toBe('stopped');
  });

  it('stops when it does not resume within 120 s, counted anew for each interruption', () => {
    const idle = [
      ['start', 0],
      ['input', 10],
      ['input-lost', 1000],
    ] as const;
    expect(lived([...idle, ['input', 120_999]]).status).toBe('live');
    expect(lived([...idle, ['time', 121_000]])).toEqual({
      status: 'stopped',
      reason: 'not-resumed',
    });
    const again = lived([...idle, ['input', 120_000], ['input-lost', 130_000]]);
    expect(deadlineOf(again, rules)).toBe(250_000);
  });

  it('starts again after a stop, and not while it runs', () => {
    const stopped = lived([
      ['start', 0],
      ['stop', 5],
    ]);
    expect(stopped).toEqual({ status: 'stopped', reason: 'asked' });
    expect(nextLife(stopped, 'start', 9, rules)).toEqual({ status: 'waiting', startedAt: 9 });
    const running = lived([['start', 0]]);
    expect(nextLife(running, 'start', 9, rules)).toBe(running);
  });

  it('cannot be deleted while it is live', () => {
    expect(
      lived([
        ['start', 0],
        ['input', 1],
        ['delete', 2],
      ]).status,
    ).toBe('live');
    expect(lived([['delete', 2]]).status).toBe('deleted');
  });

  it('has a deadline exactly when it waits for media, and never outlives it', () => {
    const event = fc.constantFrom<StreamEvent>(
      'start',
      'stop',
      'input',
      'input-lost',
      'time',
      'delete',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat(200_000))), (steps) => {
        let life: StreamLife = { status: 'created' };
        let at = 0;
        for (const [what, wait] of steps) {
          at += wait;
          life = nextLife(life, what, at, rules);
          const deadline = deadlineOf(life, rules);
          const waits = life.status === 'waiting' || life.status === 'idle';
          expect(deadline !== undefined).toBe(waits);
          if (deadline !== undefined) expect(deadline).toBeGreaterThan(at);
          expect(isStarted(life) && canStart(life)).toBe(false);
        }
      }),
    );
  });
});
