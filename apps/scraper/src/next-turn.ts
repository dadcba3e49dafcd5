const waiting: (() => void)[] = [];

/**
 * Lets other work of the process have its turn. All who slice their work wait here in one line, and one of them goes on
 * in each turn of the event loop: were each to yield by itself, a hundred pages would still do a hundred slices in one
 * turn, and timers, leases and sockets would wait for them all.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(takeTurn);
  });
}

function takeTurn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(takeTurn);
}
