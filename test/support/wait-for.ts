import { setTimeout as delay } from 'node:timers/promises';

/** Polls until `check` returns something truthy and returns that; fails with `message` and the last error after `timeoutMs`. */
export async function waitFor<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 4000, message = 'the condition', intervalMs = 10 } = {},
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const result = await check();
      if (result) return result;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${message}`, { cause });
    await delay(intervalMs);
  }
}
