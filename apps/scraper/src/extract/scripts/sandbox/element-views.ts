type PageElement = Sandbox.PageElement;

/** Evaluated in QuickJS (see prelude.ts): the objects through which scripts see parts of an element. */
export class ElementViews {
  static readonly REFLECTED =
    'href title src alt name type placeholder action rel target id lang label className:class htmlFor:for';
  static readonly ALIASES =
    'innerText:textContent text:textContent nodeValue:textContent parentElement:parentNode nodeName:tagName getElementsByTagName:querySelectorAll';
  static readonly IDLE =
    'focus blur select scrollIntoView setSelectionRange submit animate play pause normalize showModal showPopover close reset removeEventListener';

  /** Properties that are attributes by another name, that are other properties, and methods that show nothing. */
  static define(prototype: PageElement): void {
    const property = (
      name: string,
      get: (at: PageElement) => unknown,
      set: (at: PageElement, to: unknown) => void,
    ): void => {
      Object.defineProperty(prototype, name, {
        configurable: true,
        get(this: PageElement) {
          return get(this);
        },
        set(this: PageElement, value: unknown) {
          set(this, value);
        },
      });
    };
    for (const [name = '', attribute = name] of ElementViews.pairs(ElementViews.REFLECTED))
      property(
        name,
        (at) => at.attrs.get(attribute) ?? '',
        (at, to) => at.setAttribute(attribute, to),
      );
    for (const [name = '', other = name] of ElementViews.pairs(ElementViews.ALIASES))
      property(
        name,
        (at) => Reflect.get(at, other) as unknown,
        (at, to) => void Reflect.set(at, other, to),
      );
    for (const [name = ''] of ElementViews.pairs(ElementViews.IDLE))
      Object.defineProperty(prototype, name, { configurable: true, writable: true, value: () => {} });
    for (const [name, value] of Object.entries(ElementViews.methods()))
      Object.defineProperty(prototype, name, { configurable: true, writable: true, value });
  }

  private static methods(): Record<string, unknown> {
    const box = { top: 0, left: 0, right: 1, bottom: 1, width: 1, height: 1, x: 0, y: 0 };
    const insert = (at: PageElement, place: string, items: unknown[]): void => {
      if (/^beforebegin$/i.test(place)) at.before(...items);
      else if (/^afterend$/i.test(place)) at.after(...items);
      else if (/^afterbegin$/i.test(place)) at.prepend(...items);
      else at.append(...items);
    };
    return {
      getBoundingClientRect: () => box,
      setAttributeNS(this: PageElement, _space: string, name: string, value: unknown): void {
        this.setAttribute(name.replace(/^.*:/, ''), value);
      },
      insertAdjacentHTML(this: PageElement, place: string, html: unknown): void {
        insert(this, place, sandbox.Markup.parse(String(html)));
      },
      insertAdjacentText(this: PageElement, place: string, text: unknown): void {
        insert(this, place, [String(text)]);
      },
      insertAdjacentElement(this: PageElement, place: string, element: unknown): void {
        insert(this, place, [element]);
      },
    };
  }

  static dataset(element: PageElement): Record<string, unknown> {
    const nameOf = (key: unknown): string =>
      `data-${String(key).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const keyOf = (name: string): string =>
      name.slice(5).replace(/-([a-z])/g, (_, letter) => String(letter).toUpperCase());
    const entries = [...element.attrs].filter(([name]) => name.startsWith('data-'));
    return new Proxy(Object.fromEntries(entries.map(([name, value]) => [keyOf(name), value])), {
      set: (target, key, value) => {
        element.setAttribute(nameOf(key), value);
        return Reflect.set(target, key, String(value));
      },
    });
  }

  static classList(element: PageElement): Record<string, unknown> {
    const names = (): string[] => (element.attrs.get('class') ?? '').split(/\s+/).filter(Boolean);
    const save = (list: string[]): void => void element.attrs.set('class', list.join(' '));
    const contains = (name: string): boolean => names().includes(name);
    const add = (...list: string[]): void => save([...new Set([...names(), ...list])]);
    const remove = (...list: string[]): void => save(names().filter((name) => !list.includes(name)));
    const toggle = (name: string): void => (contains(name) ? remove(name) : add(name));
    return { contains, add, remove, toggle };
  }

  static style(): Record<string, unknown> {
    const style: Record<string, unknown> = { cssText: '' };
    const setProperty = (name: string, value: unknown): void => void (style[name] = value);
    const getPropertyValue = (name: string): unknown => style[name] ?? '';
    const hidden = { enumerable: false };
    return Object.defineProperties(style, {
      setProperty: { ...hidden, value: setProperty },
      getPropertyValue: { ...hidden, value: getPropertyValue },
      removeProperty: { ...hidden, value: setProperty },
    });
  }

  private static pairs(list: string): string[][] {
    return list.split(' ').map((pair) => pair.split(':'));
  }
}
