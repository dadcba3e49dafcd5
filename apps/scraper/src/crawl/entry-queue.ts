/** A queue of whole-number priorities: the highest first, as they came within one. */
export class EntryQueue<T extends object> {
  private readonly lanes: { entries: (T | null)[]; head: number }[];

  constructor(priorities: number) {
    this.lanes = Array.from({ length: priorities }, () => ({ entries: [], head: 0 }));
  }

  push(entry: T, priority: number): void {
    this.lanes[priority]?.entries.push(entry);
  }

  /** The next entry, and the priority under which it was pushed. */
  shift(): { entry: T; priority: number } | null {
    for (let priority = this.lanes.length - 1; priority >= 0; priority -= 1) {
      const entry = this.shiftLane(priority);
      if (entry !== null) return { entry, priority };
    }
    return null;
  }

  private shiftLane(priority: number): T | null {
    const lane = this.lanes[priority];
    if (lane === undefined || lane.head >= lane.entries.length) return null;
    const entry = lane.entries[lane.head] ?? null;
    // Emptied in place: shifting an array of thousands moves them all.
    lane.entries[lane.head] = null;
    lane.head += 1;
    if (lane.head === lane.entries.length) Object.assign(lane, { entries: [], head: 0 });
    return entry;
  }
}
