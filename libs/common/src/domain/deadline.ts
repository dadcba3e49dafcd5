/** The result of `work`, or the rejection `late()` when it takes longer; `work` itself goes on. */
export function within<T>(timeoutMs: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), timeoutMs);
    void work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** True when `work` ended, well or badly, in time. */
export function endsWithin(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  return within(
    timeoutMs,
    work.then(
      () => true,
      () => true,
    ),
    () => new Error('late'),
  ).catch(() => false);
}
