import { setTimeout as sleep } from 'node:timers/promises';

/** Waits. Rejects with the signal's own reason when that is aborted (Node's timer would hide it in an AbortError). */
export async function abortableSleep(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
}
