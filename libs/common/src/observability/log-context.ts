import { AsyncLocalStorage } from 'node:async_hooks';

/** Facts that every log line written inside carries: `jobId`, `chunkNo`, `workerId`, `traceId`. */
export type LogFacts = Record<string, string | number>;

const storage = new AsyncLocalStorage<LogFacts>();

/** Runs `work` with these facts added to those already there. */
export function withLogContext<T>(facts: LogFacts, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...facts }, work);
}

export function readLogContext(): LogFacts {
  return storage.getStore() ?? {};
}
