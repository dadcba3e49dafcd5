import { nextTurn } from '../next-turn.js';

/** Milliseconds of work that one page may cost: a hundred times what the heaviest honest one does. */
const MAX_WORK_MS = 2000;
/** Shorter stretches of work go on without giving others their turn. */
const MIN_TURN_MS = 1;

/**
 * The CPU time of one page: its work is done piece by piece, with turns for the rest of the process in between, and
 * ends when it has cost its share.
 */
export class PageTurns {
  private spentMs = 0;
  private sinceTurnMs = 0;

  constructor(
    private readonly signal: AbortSignal,
    private readonly maxWorkMs = MAX_WORK_MS,
  ) {}

  get isOverBudget(): boolean {
    return this.spentMs > this.maxWorkMs;
  }

  /** Does one piece of work, after others had their turn. False, and nothing done, once the budget is spent. */
  async take(work: () => void): Promise<boolean> {
    if (this.isOverBudget) return false;
    if (this.sinceTurnMs >= MIN_TURN_MS) {
      await nextTurn();
      this.signal.throwIfAborted();
      this.sinceTurnMs = 0;
    }
    const start = performance.now();
    work();
    const tookMs = performance.now() - start;
    this.spentMs += tookMs;
    this.sinceTurnMs += tookMs;
    return true;
  }
}
