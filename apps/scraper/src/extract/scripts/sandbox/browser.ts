type Listener = Sandbox.Listener;
type PageElement = Sandbox.PageElement;

/** Evaluated in QuickJS (see prelude.ts): what a browser offers besides the page. */
export class Browser {
  static readonly BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

  /** Answers everything with itself, and is nothing as a text: for what a script of somebody else would have defined. */
  static makeStub(): unknown {
    const stub: unknown = new Proxy(function () {}, {
      get: (_target, key) => {
        if (key === Symbol.toPrimitive || key === 'toString' || key === 'valueOf') return () => '';
        if (key === 'length') return 0;
        if (key === Symbol.iterator) return [][Symbol.iterator];
        return key === 'then' || key === 'toJSON' || key === 'prototype' ? undefined : stub;
      },
      set: () => true,
      apply: () => stub,
      construct: () => stub as object,
      has: () => true,
    });
    return stub;
  }

  static install(): void {
    const { events, journal } = sandbox;
    const say = (value: unknown): void => journal.say(value);
    const copied = {
      writeText: say,
      write: say,
      setData: (_type: string, text: unknown) => say(text),
      getData: () => '',
    };
    const clipboard = { ...copied, readText: () => Promise.resolve('') };
    const agent = {
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      appName: 'Netscape',
    };
    const listen = (type: string, listener: Listener): void => events.add(globalThis, type, listener);
    const define: Record<string, unknown> = {
      document: sandbox.documentNode,
      navigator: {
        ...agent,
        language: 'en',
        languages: ['en'],
        platform: 'Linux',
        onLine: true,
        clipboard,
        plugins: [],
      },
      screen: { width: 1280, height: 800, availWidth: 1280, availHeight: 800, colorDepth: 24 },
      history: { length: 1, pushState: () => {}, replaceState: () => {}, back: () => {} },
      console: Browser.makeStub(),
      localStorage: Browser.makeStorage(),
      sessionStorage: Browser.makeStorage(),
      performance: { now: () => Date.now(), mark: () => {}, timing: {} },
      innerWidth: 1280,
      innerHeight: 800,
      devicePixelRatio: 1,
      scrollY: 600,
      pageYOffset: 600,
      alert: say,
      prompt: (_message: unknown, value: unknown) => (say(value), say(_message), null),
      confirm: (message: unknown) => (say(message), true),
      open: (url: unknown) => (say(url), Browser.makeStub()),
      clipboardData: copied,
      atob: (text: unknown) => Browser.atob(text),
      btoa: (text: unknown) => Browser.btoa(text),
      addEventListener: listen,
      removeEventListener: () => {},
      dispatchEvent: () => true,
      getComputedStyle: (element?: PageElement) => element?.style ?? Browser.makeStub(),
      matchMedia: () => ({ matches: false, addListener: () => {}, addEventListener: () => {} }),
      getSelection: () => ({ toString: () => '', removeAllRanges: () => {}, addRange: () => {} }),
      fetch: Browser.makeStub(),
      queueMicrotask: (work: unknown) => events.setTimer(work, 0, false, []),
      structuredClone: (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown,
    };
    for (const name of ['window', 'self', 'top', 'parent', 'frames']) define[name] = globalThis;
    for (const [name, value] of Object.entries({ ...define, ...Browser.timers(), ...Browser.classes() }))
      Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
    Browser.installJQuery();
    Browser.installLocation();
  }

  /** A page to which a link leads is a text for the reader, too. */
  private static installLocation(): void {
    const url = new String('https://page.invalid/');
    const go = (to: unknown): void => sandbox.journal.say(to);
    const parts = {
      host: 'page.invalid',
      hostname: 'page.invalid',
      protocol: 'https:',
      pathname: '/',
      search: '',
      hash: '',
    };
    Object.assign(url, {
      ...parts,
      origin: 'https://page.invalid',
      port: '',
      assign: go,
      replace: go,
      reload: () => {},
    });
    Object.defineProperty(url, 'href', { get: () => 'https://page.invalid/', set: go });
    for (const owner of [globalThis, sandbox.documentNode])
      Object.defineProperty(owner, 'location', { get: () => url, set: go, configurable: true });
  }

  private static installJQuery(): void {
    const query = (what: unknown, context?: unknown): unknown => sandbox.PageQuery.from(what, context);
    const each = (list: object, work: (this: unknown, key: unknown, value: unknown) => unknown): void => {
      for (const [key, value] of Object.entries(list)) work.call(value, Array.isArray(list) ? Number(key) : key, value);
    };
    const statics: Record<PropertyKey, unknown> = {
      fn: sandbox.PageQuery.prototype,
      each,
      extend: Object.assign,
      map: (list: unknown[], work: (item: unknown, index: number) => unknown) => list.map(work),
      trim: (text: unknown) => String(text).trim(),
      isFunction: (value: unknown) => typeof value === 'function',
      parseHTML: (html: string) => sandbox.PageQuery.from(html).items,
    };
    const jQuery: unknown = new Proxy(query, {
      get: (target, key) => (key in statics ? statics[key] : (Reflect.get(target, key) ?? Browser.makeStub())),
      set: (_target, key, value) => Reflect.set(statics, key, value),
    });
    Object.assign(globalThis, { $: jQuery, jQuery });
  }

  private static timers(): Record<string, unknown> {
    const { events } = sandbox;
    const once = (work: unknown, ms?: unknown, ...values: unknown[]): number =>
      events.setTimer(work, ms, false, values);
    const often = (work: unknown, ms?: unknown, ...values: unknown[]): number =>
      events.setTimer(work, ms, true, values);
    const clear = (id: unknown): void => events.clearTimer(id);
    const frame = (work: unknown): number => events.setTimer(work, 16, false, [16]);
    const idle = (work: unknown): number =>
      events.setTimer(work, 20, false, [{ timeRemaining: () => 9, didTimeout: false }]);
    const clears = { clearTimeout: clear, clearInterval: clear, cancelAnimationFrame: clear };
    const frames = { requestAnimationFrame: frame, requestIdleCallback: idle };
    return { setTimeout: once, setInterval: often, setImmediate: once, ...frames, ...clears };
  }

  private static classes(): Record<string, unknown> {
    class Idle {
      observe(): void {}
      disconnect(): void {}
    }
    class IntersectionObserver {
      constructor(private readonly work: (entries: object[], observer: object) => unknown) {}
      observe(target: object): void {
        const entry = { target, isIntersecting: true, intersectionRatio: 1 };
        sandbox.events.setTimer(() => this.work([entry], this), 1, false, []);
      }
      unobserve(): void {}
      disconnect(): void {}
    }
    class TextDecoder {
      decode(bytes: ArrayBuffer | Uint8Array): string {
        const text = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('');
        try {
          return decodeURIComponent(escape(text));
        } catch {
          return text;
        }
      }
    }
    class TextEncoder {
      encode(text: unknown): Uint8Array {
        return Uint8Array.from(unescape(encodeURIComponent(String(text))), (character) => character.charCodeAt(0));
      }
    }
    class DOMParser {
      parseFromString(html: unknown): PageElement {
        const root = new sandbox.PageElement('#document');
        for (const node of sandbox.Markup.parse(String(html))) root.adopt(node);
        return Object.assign(root, { documentElement: root, body: root });
      }
    }
    const names = { Node: sandbox.PageNode, Element: sandbox.PageElement, HTMLElement: sandbox.PageElement };
    const Event = function (this: object, type: string): void {
      Object.assign(this, { type });
    };
    const define = (tag: string, kind: new () => PageElement): void => Browser.upgrade(tag, kind);
    const customElements = { define, get: () => undefined, whenDefined: () => Promise.resolve() };
    const observers = { MutationObserver: Idle, ResizeObserver: Idle, PerformanceObserver: Idle, IntersectionObserver };
    return { ...names, ...observers, DOMParser, TextDecoder, TextEncoder, Event, CustomEvent: Event, customElements };
  }

  /** The page's elements of a tag become what its script says such elements are. */
  private static upgrade(tag: string, kind: new () => PageElement): void {
    for (const old of sandbox.documentNode.querySelectorAll(tag)) {
      sandbox.guard(() => {
        const element = new kind();
        Object.defineProperty(element, 'localName', { value: tag });
        for (const [name, value] of old.attrs) element.attrs.set(name, value);
        for (const child of old.childNodes.slice()) element.adopt(child);
        old.replaceWith(element);
        const connected: unknown = Reflect.get(element, 'connectedCallback');
        if (typeof connected === 'function') Reflect.apply(connected, element, []);
      });
    }
  }

  private static makeStorage(): Record<string, unknown> {
    const items = new Map<string, string>();
    const getItem = (key: string): string | null => items.get(key) ?? null;
    const setItem = (key: string, value: unknown): void => void items.set(key, String(value));
    return { getItem, setItem, removeItem: (key: string) => items.delete(key), clear: () => items.clear(), length: 0 };
  }

  private static atob(text: unknown): string {
    let bits = '';
    for (const character of String(text).replace(/[\s=]/g, '')) {
      const value = Browser.BASE64.indexOf(character);
      if (value === -1) throw new Error('InvalidCharacterError');
      bits += value.toString(2).padStart(6, '0');
    }
    return (bits.match(/.{8}/g) ?? []).map((byte) => String.fromCharCode(parseInt(byte, 2))).join('');
  }

  private static btoa(text: unknown): string {
    const bits = Array.from(String(text), (character) => character.charCodeAt(0).toString(2).padStart(8, '0')).join('');
    const letters = (bits.match(/.{1,6}/g) ?? []).map((part) => Browser.BASE64[parseInt(part.padEnd(6, '0'), 2)]);
    return letters.join('').padEnd(Math.ceil(letters.length / 4) * 4, '=');
  }
}
