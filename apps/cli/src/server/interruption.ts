import { constants } from 'node:os';
import { CliError } from '../cli-error.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C may arrive twice: from the terminal, and passed on by npm. */
const SAME_KEYPRESS_MS = 500;

/** The user, or whoever runs this command, wants it to end. */
export class Interrupted extends CliError {
  override name = 'Interrupted';
  constructor(signal: (typeof SIGNALS)[number]) {
    super(`interrupted by ${signal}`, { exitCode: 128 + constants.signals[signal] });
  }
}

/** Turns signals into an AbortSignal. A second Ctrl-C ends the process at once; exit hooks clean up even then. */
export class Interruption {
  private readonly controller = new AbortController();
  private firstAt = 0;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Why it was aborted, once it was. */
  get reason(): Interrupted | undefined {
    return this.signal.aborted ? (this.signal.reason as Interrupted) : undefined;
  }

  dispose(): void {
    for (const signal of SIGNALS) process.removeListener(signal, this.onSignal);
  }

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    const reason = new Interrupted(signal as (typeof SIGNALS)[number]);
    if (!this.signal.aborted) {
      this.firstAt = Date.now();
      this.controller.abort(reason);
    } else if (Date.now() - this.firstAt > SAME_KEYPRESS_MS) {
      process.exit(reason.exitCode);
    }
  };
}
