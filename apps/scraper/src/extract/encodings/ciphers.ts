/** The substitution ciphers that address encoders use; each is its own inverse. */

/** Letters moved by 13. */
export function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => shift(letter, letter < 'a' ? 65 : 97, 26, 13));
}

/** Rot13 for letters, and digits moved by 5. */
export function rot18(text: string): string {
  return rot13(text).replace(/\d/g, (digit) => shift(digit, 48, 10, 5));
}

/** All printable ASCII characters moved by 47. */
export function rot47(text: string): string {
  return text.replace(/[!-~]/g, (character) => shift(character, 33, 94, 47));
}

/** By characters, not code units: a surrogate pair stays one. */
export function reverseText(text: string): string {
  return Array.from(text).toReversed().join('');
}

function shift(character: string, base: number, size: number, by: number): string {
  return String.fromCharCode(((character.charCodeAt(0) - base + by) % size) + base);
}
