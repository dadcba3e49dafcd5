/** What a run of the command ends with; `gleaner` is meant to be part of scripts. */
export const EXIT = {
  ok: 0,
  /** The command or the job failed. */
  error: 1,
  usage: 2,
  /** The job ended, but some of its work could not be done. */
  completedWithErrors: 3,
  interrupted: 130,
} as const;

/** A failure that is told in words, without a stack. `hint` says what to do about it. */
export class CliError extends Error {
  override name = 'CliError';
  readonly exitCode: number;
  readonly hint: string | undefined;

  constructor(message: string, options: { exitCode?: number; hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? EXIT.error;
    this.hint = options.hint;
  }
}

/** The caller has asked for something that cannot be done as written. */
export class UsageError extends CliError {
  override name = 'UsageError';
  constructor(message: string, hint?: string) {
    super(message, { exitCode: EXIT.usage, hint });
  }
}
