/** Queries of one job, after expansion. */
export const MAX_QUERIES = 10_000;

/** Of one query, after expansion. */
export const MAX_QUERY_CHARS = 400;

const PLACEHOLDER = /\{(\w{1,40})\}/g;

/**
 * Puts every value of a list in the place of its name: `dentist {city}` with `{ city: ["Berlin", "Bonn"] }` are two
 * queries; several names in one query give all combinations. Without duplicates. Throws an Error that says what is wrong.
 */
export function expandQueries(templates: readonly string[], lists: Readonly<Record<string, string[]>> = {}): string[] {
  const used = new Set<string>();
  const queries = new Set<string>();
  for (const template of templates) {
    const names = [...new Set(Array.from(template.matchAll(PLACEHOLDER), ([, name]) => name as string))];
    for (const name of names) {
      if (!Object.hasOwn(lists, name)) throw new Error(`name {${name}}, but lists has no "${name}"`);
      used.add(name);
    }
    const count = names.reduce((product, name) => product * (lists[name] as string[]).length, 1);
    if (longest(template, names, lists) > MAX_QUERY_CHARS)
      throw new Error(`come to more than ${MAX_QUERY_CHARS} characters`);
    if (queries.size + count > MAX_QUERIES) throw new Error(`come to more than ${MAX_QUERIES}`);
    for (const expanded of expand(template, names, lists)) queries.add(expanded);
  }
  const unused = Object.keys(lists).find((name) => !used.has(name));
  if (unused !== undefined)
    throw new Error(`do not use the list "${unused}": write {${unused}} where its values belong`);
  return [...queries];
}

function expand(template: string, [name, ...rest]: string[], lists: Readonly<Record<string, string[]>>): string[] {
  if (name === undefined) return [template];
  return (lists[name] as string[]).flatMap((value) =>
    expand(
      template.replaceAll(`{${name}}`, () => value),
      rest,
      lists,
    ),
  );
}

/** Characters of the longest query that a template comes to, before any is made. */
function longest(template: string, names: readonly string[], lists: Readonly<Record<string, string[]>>): number {
  return names.reduce((length, name) => {
    const uses = template.split(`{${name}}`).length - 1;
    const value = Math.max(...(lists[name] as string[]).map((text) => text.length));
    return length + uses * (value - name.length - 2);
  }, template.length);
}
