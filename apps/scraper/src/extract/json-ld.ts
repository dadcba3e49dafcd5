/** Values looked at in one document: bounds the walk, not the parse. */
const MAX_NODES = 50_000;

/** A string of a JSON document that may hold an address; `isEmail` where its key says so. */
export interface JsonText {
  text: string;
  isEmail: boolean;
}

/**
 * The strings with an `@` in a JSON document, in any nesting (a stack of our own: documents are as deep as their
 * authors please). Null where it does not parse.
 */
export function readJsonTexts(json: string): JsonText[] | null {
  let root: unknown;
  try {
    root = JSON.parse(json);
  } catch {
    return null;
  }
  const texts: JsonText[] = [];
  const stack: { value: unknown; isEmail: boolean }[] = [{ value: root, isEmail: false }];
  for (let seen = 0; stack.length > 0 && seen < MAX_NODES; seen += 1) {
    const { value, isEmail } = stack.pop() as { value: unknown; isEmail: boolean };
    if (typeof value === 'string') {
      if (value.includes('@') || value.includes('%40')) texts.push({ text: value, isEmail });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value)) {
        stack.push({ value: child, isEmail: Array.isArray(value) ? isEmail : /^e-?mail/i.test(key) });
      }
    }
  }
  return texts;
}
