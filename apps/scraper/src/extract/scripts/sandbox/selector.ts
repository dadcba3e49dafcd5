type PageElement = Sandbox.PageElement;

type Test = (element: PageElement) => boolean;
interface Step {
  tests: Test[];
  /** How the step before is reached: `' '`, `'>'`, `'+'` or `'~'`. */
  combinator: string;
}

/** Evaluated in QuickJS (see prelude.ts): the CSS selectors that scripts use, read from right to left. */
export class Selector {
  static readonly SIMPLE =
    /([\w-]+|\*)|#((?:\\.|[\w-])+)|\.((?:\\.|[\w-])+)|\[\s*([\w:-]+)\s*(?:([~^$*|]?=)\s*(?:"([^"]*)"|'([^']*)'|([^\]\s]*)))?\s*[is]?\s*\]|:{1,2}([\w-]+)(?:\(([^)]*)\))?/y;
  static readonly GAP = /\s*([>+~,])\s*|\s+/y;

  static matches(element: PageElement, text: string): boolean {
    return Selector.parse(text).some((steps) => Selector.fits(element, steps, steps.length - 1));
  }

  static all(root: PageElement, text: string): PageElement[] {
    const lists = Selector.parse(text);
    const found: PageElement[] = [];
    const visit = (parent: PageElement): void => {
      for (const child of parent.children) {
        if (lists.some((steps) => Selector.fits(child, steps, steps.length - 1))) found.push(child);
        visit(child);
      }
    };
    visit(root);
    return found;
  }

  /** One list of steps for each part between commas. */
  private static parse(text: string): Step[][] {
    const lists: Step[][] = [];
    let steps: Step[] = [];
    let step: Step = { tests: [], combinator: ' ' };
    const source = String(text).trim();
    const simple = new RegExp(Selector.SIMPLE);
    const gap = new RegExp(Selector.GAP);
    for (let at = 0; at < source.length;) {
      simple.lastIndex = gap.lastIndex = at;
      const match = simple.exec(source);
      if (match !== null) {
        step.tests.push(Selector.testOf(match));
        at = simple.lastIndex;
        continue;
      }
      const between = gap.exec(source);
      if (between === null) throw new SyntaxError(`not a selector: ${source}`);
      at = gap.lastIndex;
      if (step.tests.length > 0) steps.push(step);
      if (between[1] === ',') {
        lists.push(steps);
        steps = [];
      }
      step = { tests: [], combinator: between[1] === ',' ? ' ' : (between[1] ?? ' ') };
    }
    return [...lists, [...steps, step]];
  }

  private static testOf(match: RegExpExecArray): Test {
    const [, tag, id, name, attribute, operator, a, b, c, pseudo, argument = ''] = match;
    if (tag !== undefined) return (element) => tag === '*' || element.localName === tag.toLowerCase();
    if (id !== undefined) return (element) => element.attrs.get('id') === id.replace(/\\/g, '');
    if (name !== undefined)
      return (element) => (element.attrs.get('class') ?? '').split(/\s+/).includes(name.replace(/\\/g, ''));
    if (attribute !== undefined)
      return (element) => Selector.hasValue(element.attrs.get(attribute.toLowerCase()), operator, a ?? b ?? c ?? '');
    if (pseudo === 'not') return (element) => !Selector.matches(element, argument);
    if (pseudo === 'is' || pseudo === 'where') return (element) => Selector.matches(element, argument);
    if (pseudo === 'first-child') return (element) => element.previousElementSibling === null;
    if (pseudo === 'last-child') return (element) => element.nextElementSibling === null;
    if (pseudo === 'nth-child')
      return (element) => element.parentNode?.children.indexOf(element) === Number(argument) - 1;
    return () => true;
  }

  private static hasValue(value: string | undefined, operator: string | undefined, wanted: string): boolean {
    if (value === undefined) return false;
    if (operator === undefined) return true;
    if (operator === '=') return value === wanted;
    if (operator === '^=') return value.startsWith(wanted);
    if (operator === '$=') return value.endsWith(wanted);
    if (operator === '*=') return value.includes(wanted);
    return value.split(operator === '~=' ? /\s+/ : '-').includes(wanted);
  }

  private static fits(element: PageElement, steps: Step[], index: number): boolean {
    const step = steps[index];
    if (step === undefined || !step.tests.every((test) => test(element))) return false;
    if (index === 0) return true;
    const isSibling = step.combinator === '+' || step.combinator === '~';
    const isNext = step.combinator === '>' || step.combinator === '+';
    const before = (at: PageElement): PageElement | null =>
      isSibling ? (at.previousElementSibling as PageElement | null) : at.parentNode;
    for (let at = before(element); at !== null; at = isNext ? null : before(at))
      if (Selector.fits(at, steps, index - 1)) return true;
    return false;
  }
}
