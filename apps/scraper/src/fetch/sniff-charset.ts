import { isUtf8 } from 'node:buffer';
import { analyse } from 'chardet';

/** Enough for a statistic, which takes some 5 ms. */
const SAMPLE_BYTES = 2048;
const UTF16_PREFIX_BYTES = 512;
/** Shift to a double-byte set (JIS C 6226, JIS X 0208). */
const JIS_SHIFTS = ['\x1b$@', '\x1b$B'];
const LATIN = /^(?:ISO-8859-[129]|windows-125[0478])$/;
const DOUBLE_BYTE = /^(?:Shift_JIS|Big5|EUC-|GB)/;
const OTHER = /^(?:ISO-8859-[5-8]|windows-(?:125[1356]|874)|KOI8-R)$/;
/** What chardet says where there are too few characters to say anything. */
const NO_CONFIDENCE = 10;

/** UTF-16 without a byte order mark: markup in it has a zero in every other byte, and no other text has. */
export function sniffUtf16(body: Buffer): 'utf-16le' | 'utf-16be' | null {
  const start = body.subarray(0, UTF16_PREFIX_BYTES);
  let [even, odd] = [0, 0];
  for (const [index, byte] of start.entries()) {
    if (byte !== 0) continue;
    if (index % 2 === 0) even += 1;
    else odd += 1;
  }
  const [most, least] = [start.length * 0.4, start.length * 0.05];
  if (odd > most && even < least) return 'utf-16le';
  return even > most && odd < least ? 'utf-16be' : null;
}

/** ISO-2022-JP looks like ASCII, but for its shifts: an `@` in it may be half a character. */
export function isIso2022Jp(body: Buffer): boolean {
  return JIS_SHIFTS.some((shift) => body.includes(shift, 0, 'latin1'));
}

/**
 * Whether bytes cannot be meant as UTF-8: most of what is not ASCII in them is broken. (A broken character here and
 * there is a mistake of the page; good ones occur by accident in Chinese encodings.)
 */
export function isNotUtf8(body: Buffer): boolean {
  const whole = withoutCutCharacter(body);
  if (isUtf8(whole)) return false;
  let [good, broken] = [0, 0];
  for (const character of foreignWords(whole, whole.length).toString('utf8')) {
    if (character === '\ufffd') broken += 1;
    else if (character > '\x7f') good += 1;
  }
  return broken > good;
}

/**
 * A guess, for bytes that nobody declares and that are not UTF-8: by chardet's statistics of letters, within what the
 * shape of the words allows. Read as a Latin encoding, Asian text would be letters glued to the address beside it; so
 * where nothing fits it stays UTF-8, whose broken characters are no letters.
 */
export function sniffCharset(body: Buffer): string {
  const sample = foreignWords(body, SAMPLE_BYTES);
  const guesses = analyse(sample).filter(
    ({ name, confidence }) => !DOUBLE_BYTE.test(name) || confidence > NO_CONFIDENCE,
  );
  const find = (fits: (name: string) => boolean): string | undefined => guesses.find(({ name }) => fits(name))?.name;
  if (isLatin(sample)) return find((name) => LATIN.test(name)) ?? 'windows-1252';
  if (isShiftJis(sample)) return 'shift_jis';
  return find((name) => DOUBLE_BYTE.test(name) || OTHER.test(name)) ?? 'utf-8';
}

/** Languages in Latin letters have accents on some letters; in other scripts none of a word is ASCII. */
function isLatin(sample: Buffer): boolean {
  let [foreign, pairs] = [0, 0];
  for (const [index, byte] of sample.entries()) {
    if (byte < 0x80) continue;
    foreign += 1;
    if ((sample[index + 1] ?? 0) >= 0x80) pairs += 1;
  }
  return pairs < foreign / 2;
}

/** Kana and common kanji begin with a byte that single-byte encodings keep for signs: a few words are enough to tell. */
function isShiftJis(sample: Buffer): boolean {
  let [foreign, leads] = [0, 0];
  for (const byte of sample) {
    if (byte >= 0x80) foreign += 1;
    if (byte >= 0x81 && byte <= 0x9f) leads += 1;
  }
  return leads > foreign / 3;
}

/** The sample may end within a character. */
function withoutCutCharacter(body: Buffer): Buffer {
  let end = body.length;
  while (end > body.length - 3 && body[end - 1]! >= 0x80) end -= 1;
  return body.subarray(0, end);
}

/** The words that are not all ASCII, one after the other: markup and scripts would make every page English. */
function foreignWords(body: Buffer, maxBytes: number): Buffer {
  const words: Buffer[] = [];
  let [size, start, isForeign] = [0, 0, false];
  for (let index = 0; index <= body.length && size < maxBytes; index++) {
    const byte = body[index] ?? 0;
    if (byte >= 0x80) isForeign = true;
    // Blanks, signs and the ends of tags end a word: second bytes of Asian characters are none of these.
    if (byte > 0x2f && byte !== 0x3c && byte !== 0x3e) continue;
    if (isForeign) {
      words.push(body.subarray(start, index + 1));
      size += index + 1 - start;
    }
    start = index + 1;
    isForeign = false;
  }
  return Buffer.concat(words).subarray(0, maxBytes);
}
