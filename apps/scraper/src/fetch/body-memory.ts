import { Semaphore } from './semaphore.js';

const MIB = 1024 * 1024;

/**
 * The memory of all bodies in flight, in bytes. A body takes its share before it grows long, and keeps it until its page
 * is released. Whoever waits for a large share may hold a medium one meanwhile, never the other way round: so no two
 * bodies can wait for each other, and a few huge ones leave room for the many that are merely long.
 */
export class BodyMemory {
  /** A body up to this length needs no share: each fetch in flight may hold as much. */
  static readonly SMALL_BYTES = MIB / 4;
  static readonly MEDIUM_BYTES = MIB;
  readonly medium = new Semaphore(8 * MIB);
  readonly large = new Semaphore(10 * MIB);
}
