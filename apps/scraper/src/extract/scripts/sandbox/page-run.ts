import type { ScriptJob, Snippet } from '../script-job.js';

type PageDocument = Sandbox.PageDocument;
type PageElement = Sandbox.PageElement;

type Work = () => unknown;

/** Evaluated in QuickJS (see prelude.ts): runs a page's scripts in the order of a browser, one step at a time. */
export class PageRun {
  static readonly MAX_STEPS = 1000;
  /** Names defined because a script asked for them. */
  static readonly MAX_STUBS = 40;
  /** Elements that a listener of the whole page is told of. */
  static readonly MAX_HITS = 40;
  /** A variable that is an address, with nothing around it. */
  static readonly ADDRESS = /^(?:mailto:)?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[a-z]{2,24}$/i;
  static readonly GETTER =
    /^(?:get|build|make|decode|show|write|print|render|insert|my|the)?_?(?:e?-?mail|addr|kontakt|contact)/i;
  static readonly NAME = /^[A-Za-z_$][\w$]{0,60}$/;
  private readonly queue: Work[] = [];
  private readonly stages: (() => Work[])[];
  private readonly own: ReadonlySet<string>;
  private hits: PageElement[] | null = null;
  private steps = 0;
  private stubs = 0;

  constructor(
    private readonly job: ScriptJob,
    private readonly page: PageDocument,
  ) {
    this.nameElements();
    this.own = new Set(Object.getOwnPropertyNames(globalThis));
    const timers = (): Work[] => [() => sandbox.events.runTimers()];
    const codeOf =
      (...kinds: Snippet['kind'][]) =>
      () =>
        this.job.snippets.filter(({ kind }) => kinds.includes(kind)).map((snippet) => () => this.runSnippet(snippet));
    const loading = (): Work[] => this.listeners(/^(?:DOMContentLoaded|load|readystatechange|pageshow)$/);
    this.stages = [codeOf('script'), codeOf('module'), loading, loading, timers, codeOf('handler', 'link')];
    this.stages.push(
      () => this.properties(),
      () => this.readers(),
      timers,
      () => this.readers(),
      timers,
      () => this.globals(),
    );
    sandbox.events.onScript = (element) => this.queue.unshift(() => this.runCode(element.textContent, element));
  }

  /** False when all is done. */
  step(): boolean {
    sandbox.journal.flush();
    let work = this.queue.shift();
    while (work === undefined && this.stages.length > 0) {
      this.queue.push(...(this.stages.shift()?.() ?? []));
      work = this.queue.shift();
    }
    if (work === undefined || ++this.steps > PageRun.MAX_STEPS) return false;
    this.guard(work);
    sandbox.journal.flush();
    return true;
  }

  /** What a script that was cut off has shown. */
  finish(): void {
    this.guard(() => sandbox.journal.flush());
  }

  /** A script that fails ends there; where it lacks what a script of somebody else would have defined, it has that. */
  guard(work: Work): void {
    for (;;) {
      try {
        work();
        return;
      } catch (error) {
        const name = /^'?([\w$]+)'? is not defined/.exec(error instanceof Error ? error.message : '')?.[1];
        if (name === undefined || name in globalThis || ++this.stubs > PageRun.MAX_STUBS) return;
        sandbox.journal.rewind();
        Object.defineProperty(globalThis, name, {
          value: sandbox.Browser.makeStub(),
          writable: true,
          configurable: true,
        });
      }
    }
  }

  /** Elements with an id are global variables (HTML standard, named access on the window), for want of others. */
  private nameElements(): void {
    for (const [index, node] of this.job.nodes.entries()) {
      const id = 'tag' in node ? node.attributes.id : undefined;
      if (id === undefined || !PageRun.NAME.test(id) || id in globalThis) continue;
      const value = this.page.elementAt(index);
      Object.defineProperty(globalThis, id, { value, writable: true, configurable: true });
    }
  }

  private runSnippet({ kind, code, element }: Snippet): void {
    const owner = this.page.elementAt(element);
    if (kind === 'script') this.runCode(code, owner);
    else if (kind === 'module') void sandbox.evaluate(`(async () => {${code}\n})()`);
    else if (kind === 'link') this.runLink(code);
    else sandbox.compile('event', code).call(owner ?? sandbox.documentNode, this.eventOf(owner));
  }

  private runCode(code: string, element: PageElement | null): void {
    this.page.current = element;
    let run = (): unknown => {
      // Once more it would declare what is declared already.
      run = () => sandbox.evaluate(code);
      return sandbox.program(code);
    };
    this.guard(() => run());
    this.page.current = null;
  }

  /** What a `javascript:` link comes to takes the place of the page. */
  private runLink(code: string): void {
    const result: unknown = sandbox.evaluate(code);
    if (typeof result === 'string') sandbox.journal.say(result);
  }

  private eventOf(element: PageElement | null): unknown {
    const target = element ?? sandbox.documentNode;
    return sandbox.events.makeEvent('click', target, target);
  }

  /** `window.onload = …`, `element.onclick = …` */
  private properties(): Work[] {
    const found: Work[] = [];
    for (const target of [globalThis, sandbox.documentNode, ...sandbox.documentNode.querySelectorAll('*')]) {
      for (const name of Object.keys(target)) {
        const listener: unknown = name.startsWith('on') ? Reflect.get(target, name) : null;
        if (typeof listener !== 'function' || found.length >= 100) continue;
        const event = sandbox.events.makeEvent(name.slice(2), target, target);
        found.push(() => Reflect.apply(listener, target, [event]));
      }
    }
    return found;
  }

  private readers(): Work[] {
    return this.listeners(/^(?!DOMContentLoaded|load|unload|beforeunload|pagehide|error|abort|message|storage)/);
  }

  /** Each in steps of its own: an element less that is told costs less than the time of all. */
  private listeners(types: RegExp): Work[] {
    return sandbox.events.take(types).map((entry) => () => {
      this.queue.unshift(...this.hitsOf(entry).map((hit) => () => sandbox.events.call(entry, hit)));
    });
  }

  /** A listener that asks which element was hit hears of each that may be meant. */
  private hitsOf({ target, type, listener }: Sandbox.Entry): object[] {
    const code = typeof listener === 'function' ? String(listener) : 'target';
    if (!sandbox.events.isOfReaders(type) || !/target|srcElement|composedPath/i.test(code)) return [target];
    const isWide = target === globalThis || target === sandbox.documentNode;
    if (isWide) return [...(this.hits ??= this.likelyIn(sandbox.documentNode)), target];
    return target instanceof sandbox.PageElement ? [...this.likelyIn(target), target] : [target];
  }

  private likelyIn(root: PageElement): PageElement[] {
    const isLikely = ({ localName, attrs }: PageElement): boolean =>
      /^(?:a|button|span|input|summary)$/.test(localName) || [...attrs.keys()].some((name) => name.startsWith('data-'));
    return root.querySelectorAll('*').filter(isLikely).slice(0, PageRun.MAX_HITS);
  }

  /**
   * Variables that hold an address, and what functions give that are made for giving one; not what stands in the page
   * like that (it may be a text in a cipher).
   */
  private globals(): Work[] {
    const isGiven = (value: string): boolean =>
      this.job.snippets.some(({ code }) => code.includes(value)) ||
      this.job.nodes.some((node) => ('text' in node ? [node.text] : Object.values(node.attributes)).includes(value));
    const report = (value: unknown): void => {
      if (typeof value === 'string' && PageRun.ADDRESS.test(value) && !isGiven(value)) sandbox.journal.say(value);
    };
    return Object.getOwnPropertyNames(globalThis)
      .filter((name) => !this.own.has(name))
      .slice(0, 300)
      .map((name) => () => {
        const value: unknown = Reflect.get(globalThis, name);
        report(value);
        if (typeof value === 'function' && value.length === 0 && PageRun.GETTER.test(name))
          report(value.call(globalThis));
      });
  }
}
