interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** Does what is asked for in batches, one at a time; what is asked for meanwhile shares the next one. */
export class Batcher<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private running: Promise<void> | null = null;

  /** `work` gives one result for each item, in their order; if it fails, all of its batch fail. */
  constructor(
    private readonly maxItems: number,
    private readonly work: (items: Item[]) => Promise<Result[]>,
  ) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Settles when nothing is waiting any more; never rejects. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    // Those who ask in the same turn share the first batch, too.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.maxItems);
      try {
        const results = await this.work(batch.map(({ item }) => item));
        batch.forEach(({ resolve }, i) => resolve(results[i] as Result));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    // In the same turn as the last look at `waiting`: what comes later starts a new run.
    this.running = null;
  }
}
