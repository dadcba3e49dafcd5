import { describe, expect, it } from 'vitest';
import { HostPacer } from './host-pacer.js';

const never = new AbortController().signal;

describe('HostPacer', () => {
  it('gives turns one delay apart, also to those who ask at once', async () => {
    const pacer = new HostPacer();
    const turns = await Promise.all(
      [1, 2, 3].map(async () => {
        await pacer.waitForTurn('a.example', 20, never);
        return performance.now();
      }),
    );
    // In whatever order they came.
    turns.sort((a, b) => a - b);
    const gaps = turns.slice(1).map((turn, i) => turn - turns[i]!);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(19);
  });

  it('keeps those waiting who had asked before the host wanted a pause', async () => {
    const pacer = new HostPacer();
    await pacer.waitForTurn('a.example', 20, never);
    const waiting = pacer.waitForTurn('a.example', 20, never);
    pacer.pause('a.example', 100);
    const pausedAt = performance.now();
    await waiting;
    expect(performance.now() - pausedAt).toBeGreaterThanOrEqual(99);
  });

  it('counts the delay from when the server saw the request', async () => {
    const pacer = new HostPacer();
    await pacer.waitForTurn('a.example', 1000, never);
    pacer.noteStart('a.example', 1000);
    const before = pacer.remainingMs('a.example');
    await new Promise((resolve) => setTimeout(resolve, 30));
    pacer.noteAnswer('a.example', 1000);
    expect(pacer.remainingMs('a.example')).toBeGreaterThan(before - 15);
  });

  it('ends the wait with its caller', async () => {
    const pacer = new HostPacer();
    pacer.pause('a.example', 60_000);
    const controller = new AbortController();
    const waiting = pacer.waitForTurn('a.example', 0, controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
