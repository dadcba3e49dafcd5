/**
 * The same text in memory of its own. V8 keeps a substring as a view of the whole string it was cut from, so one
 * address of 20 characters would hold a page of megabytes for as long as the address lives.
 */
export function copyText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** The same for texts of one line each that live and die together: one copy instead of hundreds. */
export function copyLines(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : copyText(lines.join('\n')).split('\n');
}
