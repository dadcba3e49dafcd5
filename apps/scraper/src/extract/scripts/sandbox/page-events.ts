type PageElement = Sandbox.PageElement;

export type Listener = ((event: unknown) => unknown) | { handleEvent(event: unknown): unknown };
export interface Entry {
  target: object;
  type: string;
  listener: Listener;
}

/** Evaluated in QuickJS (see prelude.ts): listeners, timers and scripts put on the page, to be run one after the other. */
export class PageEvents {
  static readonly MAX_ENTRIES = 300;
  /** What a reader does on a page. */
  static readonly OF_READERS =
    /^(?:click|dblclick|mouse(?:over|enter|move|down|up)|pointer(?:over|enter|move|down|up)|focus(?:in)?|touch(?:start|end)|key(?:down|up)|copy|scroll|submit|change|input|contextmenu|toggle)$/;
  static readonly MAX_TIMERS = 400;
  private readonly entries: Entry[] = [];
  private readonly timers = new Map<number, { at: number; every: number; work: () => unknown }>();
  private timer = 0;
  private now = 0;
  /** Runs a script element that a script put on the page. */
  onScript: (element: PageElement) => void = () => {};

  add(target: object, type: string, listener: Listener): void {
    if (this.entries.length < PageEvents.MAX_ENTRIES && listener) this.entries.push({ target, type, listener });
  }

  isOfReaders(type: string): boolean {
    return PageEvents.OF_READERS.test(type);
  }

  /** Those whose turn it is, once. */
  take(types: RegExp): Entry[] {
    const taken = this.entries.filter(({ type }) => types.test(type));
    for (const entry of taken) this.entries.splice(this.entries.indexOf(entry), 1);
    return taken;
  }

  fire(target: object, type: string): void {
    for (const entry of this.entries.filter((one) => one.target === target && one.type === type))
      this.call(entry, target);
    const own: unknown = Reflect.get(target, `on${type}`);
    if (typeof own === 'function')
      sandbox.guard(() => Reflect.apply(own, target, [this.makeEvent(type, target, target)]));
  }

  call({ target, type, listener }: Entry, hit: object): void {
    const event = this.makeEvent(type, target, hit);
    sandbox.guard(() => (typeof listener === 'function' ? listener.call(target, event) : listener.handleEvent(event)));
  }

  makeEvent(type: string, currentTarget: object, target: object): Record<string, unknown> {
    const idle = (): void => {};
    const names = { type, target, currentTarget, srcElement: target, delegateTarget: currentTarget, isTrusted: true };
    const data = { key: 'Enter', keyCode: 13, button: 0, which: 1, detail: 1, clientX: 5, clientY: 5, state: null };
    const stops = { preventDefault: idle, stopPropagation: idle, stopImmediatePropagation: idle };
    return { ...names, ...data, ...stops, composedPath: () => [target], clipboardData: globalThis.navigator.clipboard };
  }

  setTimer(work: unknown, delay: unknown, isRepeated: boolean, values: unknown[]): number {
    const ms = Math.max(1, Number(delay) || 0);
    const call = (): unknown =>
      typeof work === 'function' ? Reflect.apply(work, globalThis, values) : sandbox.evaluate(String(work));
    if (this.timers.size < PageEvents.MAX_ENTRIES)
      this.timers.set(++this.timer, { at: this.now + ms, every: isRepeated ? ms : 0, work: call });
    return this.timer;
  }

  clearTimer(id: unknown): void {
    this.timers.delete(Number(id));
  }

  /** In the order of their time, without waiting. */
  runTimers(): void {
    for (let count = 0; count < PageEvents.MAX_TIMERS && this.timers.size > 0; count++) {
      const [first] = [...this.timers].sort(([, a], [, b]) => a.at - b.at);
      if (first === undefined) return;
      const [id, { at, every, work }] = first;
      this.now = at;
      if (every > 0) this.timers.set(id, { at: at + every, every, work });
      else this.timers.delete(id);
      sandbox.guard(work);
    }
  }

  onInserted(element: PageElement): void {
    for (const script of [element, ...element.querySelectorAll('script')])
      if (script.localName === 'script') this.onScript(script);
  }
}
