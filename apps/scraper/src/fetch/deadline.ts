import { FetchError, toFetchError } from './fetch-error.js';

/**
 * Runs `work` under one signal that fires at the deadline or when the caller gives up. The caller's abort leaves as
 * its own reason, everything else as a FetchError. (AbortSignal.any would leak on signals that outlive many fetches.)
 */
export async function withDeadline<T>(
  limit: { url: string; timeoutMs: number; signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  limit.signal.throwIfAborted();
  const controller = new AbortController();
  const abort = (): void => controller.abort(limit.signal.reason);
  const expire = (): void => controller.abort(new FetchError('timeout', limit.url, 'not finished by the deadline'));
  const timer = setTimeout(expire, Math.max(0, limit.timeoutMs));
  limit.signal.addEventListener('abort', abort, { once: true });
  try {
    return await work(controller.signal);
  } catch (error) {
    limit.signal.throwIfAborted();
    if (controller.signal.aborted) throw controller.signal.reason;
    throw toFetchError(error, limit.url);
  } finally {
    clearTimeout(timer);
    limit.signal.removeEventListener('abort', abort);
  }
}
