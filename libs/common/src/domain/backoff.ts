/** Delay in ms before retry number `failures` (1 = the first): 1 s doubling to `maxMs`, with up to 20 % of jitter. */
export function retryDelayMs(failures: number, maxMs = 60_000, random: () => number = Math.random): number {
  const base = Math.min(maxMs, 1000 * 2 ** (failures - 1));
  return Math.round(base * (0.8 + 0.2 * random()));
}

/** How long a failed delivery is kept unacknowledged before it is requeued: min(30 s, 1 s × 2^deliveries). */
export function deliveryHoldMs(deliveries: number): number {
  return Math.min(30_000, 1000 * 2 ** deliveries);
}

/** The delivery that is dead-lettered instead of held again. */
export const MAX_DELIVERIES = 20;
