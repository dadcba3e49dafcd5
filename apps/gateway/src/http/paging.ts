import { z } from 'zod';

/** `limit` of a list. */
export const pageLimit = (fallback: number, max: number) =>
  z.coerce.number().int().min(1).max(max).default(fallback).describe('Most rows of one page.');

/** `cursor` of a list: opaque to clients, the position of the last row seen to us. */
export function pageCursor<Position extends z.ZodType>(position: Position) {
  return z
    .string()
    .transform((text, context): z.output<Position> => {
      const result = position.safeParse(decode(text));
      if (result.success) return result.data;
      context.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
      return z.NEVER;
    })
    .optional()
    .describe('`nextCursor` of the page before.');
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** One page of a list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    data: z.array(item),
    nextCursor: z.string().nullable().describe('Ask with `cursor` for the next page; null at the end.'),
  });

/** Cuts a page out of up to `limit + 1` rows; the row too many only tells that there is more. */
export function cutPage<Row, View>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => unknown,
  view: (row: Row) => View,
): { data: View[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { data: page.map(view), nextCursor: hasMore ? encodeCursor(positionOf(last)) : null };
}

/** A LIKE pattern that matches `text` anywhere; the statement says `ESCAPE '!'`, since backslash differs between databases. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[!%_]/g, '!$&')}%`;
}
