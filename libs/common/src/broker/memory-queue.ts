export interface MemoryMessage {
  readonly content: Buffer;
  /** How often it has been delivered so far. */
  readonly deliveries: number;
}

/** What a queue needs of a server. */
interface Taker {
  hasRoom(): boolean;
  take(message: MemoryMessage): void;
}

/** One queue of the in-process broker and the servers that share it. */
export class MemoryQueue {
  private readonly messages: MemoryMessage[] = [];
  private readonly takers: Taker[] = [];
  private isWoken = false;

  constructor(
    private readonly maxLength: number,
    readonly bury: (content: Buffer) => void,
  ) {}

  get length(): number {
    return this.messages.length;
  }

  hasTakers(): boolean {
    return this.takers.length > 0;
  }

  join(taker: Taker): void {
    this.takers.push(taker);
    this.wake();
  }

  leave(taker: Taker): void {
    const index = this.takers.indexOf(taker);
    if (index !== -1) this.takers.splice(index, 1);
  }

  push(message: MemoryMessage): void {
    this.messages.push(message);
    if (this.messages.length > this.maxLength) this.messages.shift();
    this.wake();
  }

  /** Hands out messages soon, never inside the call: a publisher must not run a handler. */
  wake(): void {
    if (this.isWoken) return;
    this.isWoken = true;
    setImmediate(() => {
      this.isWoken = false;
      this.handOut();
    });
  }

  private handOut(): void {
    while (this.messages.length > 0) {
      const index = this.takers.findIndex((taker) => taker.hasRoom());
      if (index === -1) return;
      const [taker] = this.takers.splice(index, 1) as [Taker];
      // To the back of the line: they take turns.
      this.takers.push(taker);
      taker.take(this.messages.shift() as MemoryMessage);
    }
  }
}
