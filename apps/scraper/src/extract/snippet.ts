import { copyText } from './copy-text.js';

const MAX_SNIPPET = 160;

/** The text around a spot on one line, at most 160 characters, the spot itself never cut. */
export function makeSnippet(spot: { text: string; start: number; end: number }): string {
  const margin = Math.max(0, Math.floor((MAX_SNIPPET - (spot.end - spot.start)) / 2));
  const around = spot.text.slice(Math.max(0, spot.start - margin), spot.end + margin).slice(0, MAX_SNIPPET);
  return copyText(around.replace(/\s+/g, ' ').trim());
}
