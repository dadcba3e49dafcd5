/** Thrown by a message handler: trying again cannot help, so the message is dead-lettered. */
export class PermanentError extends Error {
  override name = 'PermanentError';
  readonly code: string;

  constructor(message: string, options: { code?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = options.code ?? 'permanent';
  }
}

/** The text of anything thrown, for a log field or an error row: never a stack, at most 500 characters. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.slice(0, 500);
}
