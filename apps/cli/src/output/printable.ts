// Control characters (a page could speak to the terminal), and marks that reverse or hide text.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** Text from a page or a server, safe to show on a terminal and in one line. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, ' ').trim();
}
