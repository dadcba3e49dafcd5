import { Logger } from '@nestjs/common';
import { Counter } from 'prom-client';
import { describeError } from '#common/domain/errors.js';
import { Semaphore } from '../../semaphore.js';
import type { ScriptJob, ScriptOutput } from './script-job.js';
import { ScriptThread } from './script-thread.js';

/** For all scripts of a page: an honest one takes 10 ms, a hundred handlers 50, and several times that on a busy machine. */
const DEADLINE_MS = 800;
/** A page waits no longer for the thread; with hostile ones in front each waits a second for every other. */
const MAX_WAIT_MS = 5000;
/** An idle thread keeps 15 MB, a new one takes 200 ms. */
const IDLE_MS = 3_000;
/** A machine that cannot start the thread is not asked again for every page. */
const BROKEN_MS = 60_000;
/** Of what a page may say, whatever its scripts did to the bounds within. */
const MAX_TEXTS = 256;
const MAX_CHARS = 256 * 1024;
const NOTHING: ScriptOutput = { html: [], texts: [], timedOut: false };

const runs = new Counter({
  name: 'gleaner_page_scripts_total',
  help: 'Pages whose scripts were to be run, by result (skipped: the thread was busy too long, or did not start)',
  labelNames: ['result'],
});

/**
 * Runs the scripts of pages in QuickJS, one page at a time, in a thread of its own that is ended at a page's deadline:
 * what QuickJS itself bounds is not enough (it polls now and then: a script of 50 characters holds it up for 6 s).
 */
export class ScriptRunner {
  private readonly logger = new Logger('Scripts');
  private readonly turn = new Semaphore(1);
  private thread: ScriptThread | null = null;
  private idle: NodeJS.Timeout | undefined;
  private brokenUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly maxWaitMs = MAX_WAIT_MS,
    private readonly makeThread = () => new ScriptThread(),
  ) {}

  /**
   * Whatever the scripts do, this ends soon with what they said; with nothing where other pages keep the thread busy.
   * Rejects only with the signal's reason.
   */
  async run(job: ScriptJob, signal: AbortSignal): Promise<ScriptOutput> {
    signal.throwIfAborted();
    const patience = AbortSignal.any([signal, AbortSignal.timeout(this.maxWaitMs)]);
    const permit = await this.turn.acquire(1, patience).catch(() => null);
    if (permit === null || signal.aborted || performance.now() < this.brokenUntil) {
      permit?.release();
      signal.throwIfAborted();
      runs.inc({ result: 'skipped' });
      return NOTHING;
    }
    const output = this.runNow(JSON.stringify(job)).finally(() => permit.release());
    return endWith(signal, output);
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
    const thread = await this.startThread();
    if (thread === null) return { ...NOTHING, timedOut: true };
    const answer = await thread.run(json, DEADLINE_MS);
    if (answer === null || !answer.isSound) await this.close();
    else if (this.thread === thread) this.idle = setTimeout(() => void this.close(), IDLE_MS).unref();
    runs.inc({ result: answer === null ? 'timed_out' : 'done' });
    return answer === null ? { ...NOTHING, timedOut: true } : readAnswer(answer.text);
  }

  private async startThread(): Promise<ScriptThread | null> {
    let thread: ScriptThread | null = null;
    try {
      if (this.thread?.hasEnded !== false) this.thread = this.makeThread();
      thread = this.thread;
      await thread.ready;
      return thread;
    } catch (error) {
      // Closed while it started.
      if (thread !== null && this.thread !== thread) return null;
      this.brokenUntil = performance.now() + BROKEN_MS;
      this.logger.error('the scripts of pages cannot be run for a while', { error: describeError(error) });
      runs.inc({ result: 'skipped' });
      await this.close();
      return null;
    }
  }
}

/** Of what comes from a page only texts are taken, and so many. */
function readAnswer(text: string | null): ScriptOutput {
  if (text === null) return NOTHING;
  try {
    const { html, texts } = JSON.parse(text) as Record<'html' | 'texts', unknown>;
    let chars = 0;
    const textsOf = (list: unknown): string[] =>
      (Array.isArray(list) ? list.slice(0, MAX_TEXTS) : []).filter(
        (one): one is string => typeof one === 'string' && (chars += one.length) <= MAX_CHARS,
      );
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
