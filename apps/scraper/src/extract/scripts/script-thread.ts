import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { PRELUDE } from './sandbox/prelude.js';

/** A cold thread is ready after 200 ms; on a busy machine it may take much longer. */
const START_MS = 10_000;
/** For one script, handler or timer, where QuickJS can be interrupted: the others of the page still have their turn. */
const STEP_MS = 200;
/** For all of them: what they have said by then is kept. */
const PAGE_MS = 500;
const MAX_RESULT_CHARS = 1024 * 1024;

/**
 * The thread's program, as a text so that it is the same compiled and from source. One page after the other: a context
 * of its own (0.4 ms), the stand-in for a browser (6 ms), then step after step, each interrupted when it has had its time.
 * The first page is an empty one: the engine's own code is slow until it has run once.
 */
const THREAD_CODE = `
const { parentPort, workerData } = require('node:worker_threads');
const { newQuickJSWASMModuleFromVariant, newVariant, Scope } = require(workerData.quickjs);
const { default: release } = require(workerData.variant);
const wasmMemory = new WebAssembly.Memory({ initial: 256, maximum: 512 });

function runPage(context, scope, json) {
  const pageEndsAt = performance.now() + workerData.pageMs;
  let endsAt = Infinity;
  context.runtime.setMaxStackSize(128 * 1024);
  context.runtime.setInterruptHandler(() => performance.now() > endsAt);
  const call = (handle, ...values) => {
    endsAt = performance.now() + workerData.stepMs;
    const result = context.callFunction(handle, context.undefined, ...values);
    if (result.error) result.error.dispose();
    return result.error ? null : scope.manage(result.value);
  };
  const start = scope.manage(context.unwrapResult(context.evalCode(workerData.prelude, 'prelude.js')));
  const evaluate = (code) => context.evalCode(context.getString(code), 'page.js', { type: 'global' });
  const program = scope.manage(context.newFunction('evaluate', evaluate));
  const page = call(start, scope.manage(context.newString(json)), program);
  if (page === null) return null;
  const step = scope.manage(context.getProp(page, 'step'));
  for (let goesOn = true; goesOn && performance.now() < pageEndsAt; ) {
    const more = call(step);
    goesOn = more === null || context.dump(more) === true;
    const jobs = context.runtime.executePendingJobs(1000);
    if (jobs.error) jobs.error.dispose();
  }
  const result = call(scope.manage(context.getProp(page, 'result')));
  if (result === null) return null;
  const length = context.getNumber(scope.manage(context.getProp(result, 'length')));
  return length <= workerData.maxChars ? context.getString(result) : null;
}

newQuickJSWASMModuleFromVariant(newVariant(release, { wasmMemory })).then((quickjs) => {
  const answer = (json) => {
    let text = null;
    let isSound = true;
    try {
      Scope.withScope((scope) => {
        text = runPage(scope.manage(quickjs.newContext()), scope, json);
      });
    } catch {
      isSound = false;
    }
    return { text, isSound };
  };
  answer('{"nodes":[],"snippets":[]}');
  parentPort.on('message', (json) => parentPort.postMessage(answer(json)));
  parentPort.postMessage('ready');
});
`;

/** What a page came to; `isSound` is false where the thread must not run another one. */
export interface ThreadAnswer {
  text: string | null;
  isSound: boolean;
}

/** A thread's own modules are found from here, not from where the process was started. */
function findModules(): { quickjs: string; variant: string } {
  const require = createRequire(import.meta.url);
  return {
    quickjs: require.resolve('quickjs-emscripten-core'),
    variant: require.resolve('@jitl/quickjs-wasmfile-release-sync'),
  };
}

/** A thread with QuickJS in it, which can be ended whatever it is doing. */
export class ScriptThread {
  private readonly worker: Worker;
  private fault: unknown;
  private isOver = false;
  /** Rejects where the thread does not start. */
  readonly ready: Promise<void>;

  constructor(modules = findModules()) {
    // V8's second compiler would take 28 MB for a moment and keep 13, to make a page's scripts 15 % faster.
    setFlagsFromString('--liftoff-only');
    this.worker = new Worker(THREAD_CODE, {
      eval: true,
      // An emscripten module that fails says so on the terminal.
      stdout: true,
      stderr: true,
      env: {},
      execArgv: [],
      workerData: { ...modules, prelude: PRELUDE, stepMs: STEP_MS, pageMs: PAGE_MS, maxChars: MAX_RESULT_CHARS },
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8, stackSizeMb: 8 },
    });
    // An error of a thread that nobody waits for must not be the process's.
    this.worker.on('error', (error) => (this.fault = error)).on('exit', () => (this.isOver = true));
    this.worker.unref();
    this.ready = this.nextMessage(START_MS).then((message) => {
      if (message === null) throw new Error('the thread for scripts does not start', { cause: this.fault });
    });
    this.ready.catch(() => {});
  }

  /** Nothing can be run in it any more. */
  get hasEnded(): boolean {
    return this.isOver;
  }

  /** Null where the thread has not answered in time, or has ended. */
  async run(json: string, deadlineMs: number): Promise<ThreadAnswer | null> {
    const answer = this.nextMessage(deadlineMs);
    this.worker.postMessage(json);
    return (await answer) as ThreadAnswer | null;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private nextMessage(deadlineMs: number): Promise<unknown> {
    return new Promise((resolve) => {
      const { worker } = this;
      const settle = (message: unknown): void => {
        clearTimeout(timer);
        worker.off('message', settle).off('error', fail).off('exit', fail);
        resolve(message);
      };
      const fail = (): void => settle(null);
      const timer = setTimeout(fail, deadlineMs);
      worker.on('message', settle).on('error', fail).on('exit', fail);
    });
  }
}
