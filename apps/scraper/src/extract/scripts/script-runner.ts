import type { OnApplicationShutdown } from '@nestjs/common';
import { Semaphore } from '../../semaphore.js';
import type { ScriptJob, ScriptOutput } from './script-job.js';
import { ScriptThread } from './script-thread.js';

/** For all scripts of a page: an honest one takes 10 ms, a hundred handlers 50, and several times that on a busy machine. */
const DEADLINE_MS = 1000;
/** Pages that wait for the thread; with hostile ones in front each waits a second for every other. */
const MAX_WAITING = 32;
/** An idle thread keeps 30 MB, a new one takes 200 ms. */
const IDLE_MS = 3_000;
const NOTHING: ScriptOutput = { html: [], texts: [], timedOut: false };

/**
 * Runs the scripts of pages in QuickJS, one page at a time, in a thread of its own that is ended at a page's deadline:
 * what QuickJS itself bounds is not enough (it polls now and then: a script of 50 characters holds it up for 6 s).
 */
export class ScriptRunner implements OnApplicationShutdown {
  private readonly turn = new Semaphore(1);
  private thread: ScriptThread | null = null;
  private waiting = 0;
  private idle: NodeJS.Timeout | undefined;

  /**
   * Whatever the scripts do, this ends soon with what they said. Rejects only with the signal's reason. Where too many
   * pages wait already it answers at once with nothing.
   */
  async run(job: ScriptJob, signal: AbortSignal): Promise<ScriptOutput> {
    if (this.waiting >= MAX_WAITING) return NOTHING;
    this.waiting += 1;
    const permit = await this.turn.acquire(1, signal).finally(() => (this.waiting -= 1));
    const output = this.runNow(JSON.stringify(job)).finally(() => permit.release());
    return endWith(signal, output);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  /** A later run starts a new thread. */
  async close(): Promise<void> {
    clearTimeout(this.idle);
    const { thread } = this;
    this.thread = null;
    await thread?.close();
  }

  private async runNow(json: string): Promise<ScriptOutput> {
    clearTimeout(this.idle);
    this.thread ??= new ScriptThread();
    const answer = await this.thread.run(json, DEADLINE_MS);
    if (answer === null || !answer.isSound) await this.close();
    else this.idle = setTimeout(() => void this.close(), IDLE_MS).unref();
    return answer === null ? { ...NOTHING, timedOut: true } : readAnswer(answer.text);
  }
}

/** Of what comes from a page only texts are taken. */
function readAnswer(text: string | null): ScriptOutput {
  if (text === null) return NOTHING;
  try {
    const { html, texts } = JSON.parse(text) as Record<'html' | 'texts', unknown>;
    const textsOf = (list: unknown): string[] =>
      Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [];
    return { html: textsOf(html), texts: textsOf(texts), timedOut: false };
  } catch {
    return NOTHING;
  }
}

/** The same, but nobody waits longer than the signal. */
function endWith<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
