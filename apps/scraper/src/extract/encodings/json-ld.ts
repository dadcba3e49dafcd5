/** Values looked at in one document: bounds the walk, not the parse. */
const MAX_NODES = 50_000;
/** Bounds the parse, which nothing can interrupt: 5 MiB of `[1,1,…` would hold up the process for seconds. */
const MAX_JSON_CHARS = 1024 * 1024;

/** A string of a JSON document that may hold an address; `isEmail` where its key says so. */
export interface JsonText {
  text: string;
  isEmail: boolean;
}

/**
 * The strings with an `@`, or under the name of an e-mail, in a JSON document, in any nesting (a stack of our own:
 * documents are as deep as their authors please). Null where it does not parse, or is too long to be parsed.
 */
export function readJsonTexts(json: string): JsonText[] | null {
  if (json.length > MAX_JSON_CHARS) return null;
  let root: unknown;
  try {
    root = JSON.parse(json);
  } catch {
    return null;
  }
  const texts: JsonText[] = [];
  const open = [childrenOf([root], false)];
  for (let seen = 0, parent = open.at(-1); parent !== undefined && seen < MAX_NODES; parent = open.at(-1)) {
    const child = parent.next();
    if (child.done === true) {
      open.pop();
      continue;
    }
    seen += 1;
    const { value, isEmail } = child.value;
    if (typeof value === 'string') {
      if (isEmail || value.includes('@') || value.includes('%40')) texts.push({ text: value, isEmail });
    } else if (typeof value === 'object' && value !== null) {
      open.push(childrenOf(value, isEmail));
    }
  }
  return texts;
}

/** One at a time: a list of a million is never copied. */
function* childrenOf(parent: object, isEmail: boolean): Generator<{ value: unknown; isEmail: boolean }, void> {
  if (Array.isArray(parent)) {
    for (const value of parent as unknown[]) yield { value, isEmail };
    return;
  }
  const fields = parent as Record<string, unknown>;
  for (const key of Object.keys(fields)) yield { value: fields[key], isEmail: /^e-?mail/i.test(key) };
}
