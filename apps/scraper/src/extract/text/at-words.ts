const words = (text: string): string[] => text.trim().split(/\s+/);

/**
 * What people write for `@`, `.`, `-` and `_`, without spaces and hyphens (`snabel-a` is `snabela`): names of the sign
 * in some forty languages, with the misspellings that are met.
 */

/** Prepositions and other words of everyday prose: never an `@` unless something marks them as one. */
const PREPOSITION_AT = words('at att ath bei bij hos chez hja hjá manki monkey eta aron ат эт आउट एट آت et');
/** Names of the sign (many mean "monkey", "snail", "worm", "dog"): an `@` even without brackets. */
const NAMED_AT = words(`
  ät aet æt ätt atsign atzeichen arroba arrova arobase arobas arrobase arobace arobaze arobasse aroba arobe
  chiocciola chiocciolina snabela snabel alfakrøll alfakroll krøllalfa krollalfa kanelbulle kanelbullen
  zavinac zavináč zavinač afna afne małpa malpa małpka malpka kukac miukumauku miuku ättä ätmerkki
  apenstaartje apestaartje apenstaart apestaart apenstaartie apestaartie klammeraffe affenschwanz klammeraffen
  собака собачка равлик собачко песик маймунско маймунка кльомба majmun majmunsko мајмун лудоа ludoa
  παπάκι παπακι papaki שטרודל כרוכית kuyruklua güzela arond coadademaimuta abildua akeukel ethumerki acong còng
  atmerki atmärk アット アットマーク あっと あっとまーく 艾特 圈a 小老鼠 골뱅이 앳
`);
/** Only in brackets. */
const BRACKETED_AT = words(`
  à @t a@t acòng amóc маймуна маймунче мавпочка слимак смоўж elefantöra grisehale miuku aapje slingeraap acommercial
  etcommercial escargot majmunče ατ แอท tại di coadădemaimuță çengellia strudel shtrudel ატ
`);
/** So short or so common that even brackets around them are no proof: `(a)` is a list item as well. */
const WEAK_AT = words('a ad na på en em chez presso um');
const PLAIN_DOT = words('dot punkt');
const NAMED_DOT = words(`
  punto point ponto punt punktum prik prikk tečka tecka kropka pont piste bodka pika točka tocka tačka tacka точка тчк
  крапка тачка taškas taskas punkts puntu punct nokta τελεία τελεια teleia נקודה ドット どっと 点 點 점 닷 chấm cham
  titik punktur punkti डॉट نقطة
`);
const MARKED_DOT = words('. , period stop fullstop point d0t дот');
const DASH = words(`
  dash minus hyphen tiret bindestrich trennstrich strich guion guión hifen hífen traço traco trattino streepje
  koppelteken kötőjel kotojel pomlčka pomlcka spojovník myślnik myslnik łącznik lacznik dywiz tire дефис тире минус
  bindestreck bindestreg bindestrek yhdysmerkki viiva crtica vezaj ハイフン 하이픈 -
`);
const UNDERSCORE = words(`
  underscore underline underbar unterstrich tiefstrich guionbajo guiónbajo tiretbas soulignement trattinobasso
  sublinhado laagstreepje understreck understregning understrek podtržítko podtrzitko podkreślnik podkreslnik
  подчеркивание alulvonás アンダーバー アンダースコア _
`);

/** One character for each sign as written: noncharacters of Unicode, which no text may use for its own purposes. */
export const MARK = {
  /** An `@` in brackets. */
  at: '\ufdd0',
  /** One that needs evidence: `-at-`, `_at_`. */
  weakAt: '\ufdd1',
  /** `(a)`, which may as well be a list's item. */
  shortAt: '\ufddc',
  /** `_at_`: no host name holds a `_`. */
  scoredAt: '\ufddd',
  /** A bare ` at `. */
  bareAt: '\ufdd2',
  /** A bare ` arroba `. */
  namedAt: '\ufdd3',
  dot: '\ufdd4',
  bareDot: '\ufdd5',
  namedDot: '\ufdd6',
  dash: '\ufdd7',
  bareDash: '\ufdd8',
  underscore: '\ufdd9',
  bareUnderscore: '\ufdda',
  /** What is left of a word that was replaced: keeps every offset. */
  fill: '\ufddb',
} as const;

const IN_BRACKETS = new Map<string, string>([
  ...WEAK_AT.map((word) => [word, MARK.shortAt] as const),
  ...[...PREPOSITION_AT, ...NAMED_AT, ...BRACKETED_AT, '@'].map((word) => [word, MARK.at] as const),
  ...[...PLAIN_DOT, ...NAMED_DOT, ...MARKED_DOT].map((word) => [word, MARK.dot] as const),
  ...DASH.map((word) => [word, MARK.dash] as const),
  ...UNDERSCORE.map((word) => [word, MARK.underscore] as const),
]);
const BARE = new Map<string, string>([
  ['at', MARK.bareAt],
  ...NAMED_AT.map((word) => [word, MARK.namedAt] as const),
  ...PLAIN_DOT.map((word) => [word, MARK.bareDot] as const),
  ...NAMED_DOT.map((word) => [word, MARK.namedDot] as const),
  ...DASH.filter((word) => word.length > 1).map((word) => [word, MARK.bareDash] as const),
  ...UNDERSCORE.filter((word) => word.length > 1).map((word) => [word, MARK.bareUnderscore] as const),
]);

/** Without the flag `u` and its classes these are four times as fast: the letters of the scripts that occur here. */
const LETTER = String.raw`a-z\u00c0-\u024f\u0300-\u1fff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3`;
const BRACKETED = new RegExp(
  String.raw`[[({<|*~#=%\\«‹【「『〔《〈]{1,3}\s{0,3}([${LETTER}0@.,_-]{1,16}(?:[ -][${LETTER}]{1,12}){0,2})\s{0,3}[\])}>|*~#=%\\»›】」』〕》〉]{1,3}`,
  'gi',
);
const QUOTED_WORD = /[“”„‘’](at|ät|aet|arroba|dot|punkt|punto|point)[“”‘’]/giu;
const HALF_BRACKETED = /(-{1,3}|_{1,3}|["'`:+!/])(at|ät|aet|arroba|dot|punkt|punto|point)\1/giu;
const bareNames = [...BARE.keys(), 'snabel-a', 'guion bajo', 'a kukac', 'a keukel'];
const BARE_WORD = new RegExp(
  String.raw`(?<=[\s\ufdd0-\ufddd])(?:${bareNames.sort((a, b) => b.length - a.length).join('|')})(?=[\s\ufdd0-\ufddd])`,
  'gi',
);
/** Scripts without spaces put the word right between. */
const UNSPACED_AT = /(?:アットマーク|アット|あっと|艾特|圈[aA]|小老鼠|골뱅이|앳)(?=[a-zA-Z0-9])/g;
const UNSPACED_DOT = /(?:ドット|どっと|点|點|점|닷)(?=[a-z0-9])/giu;
/** `nameATdomainDOTtld`: capitals between small letters. */
const CAPITALS = /(?:AT(?<=[a-z0-9]AT)|DOT(?<=[a-z0-9]DOT))(?=[a-z0-9])/g;

const atNames = ['at', ...NAMED_AT, 'snabel-a', 'a kukac', 'a keukel'].join('|');
const dotNames = [...PLAIN_DOT, ...NAMED_DOT].join('|');
/** Group 1: the word, where it is a preposition before a domain that is written as ever. */
const BARE_AT = new RegExp(
  String.raw`\s(?:(at)(?=\s{1,20}[\d${LETTER}-]{1,63}\.[\d${LETTER}])|(?:${atNames})\s{1,20}[\d${LETTER}][\d${LETTER}-]{0,62}(?:\.[\d${LETTER}]|\s{0,3}[\[({<|*~]|[-_](?:dot|punkt)|\s{1,20}(?:${dotNames}|dash|minus|hyphen|bindestrich)\s))`,
  'gi',
);
const HALF_BRACKETED_AT = /[-_"'`:+!/“”„‘’](?:[aAäÄ][tT]|[aA][eE][tT]|[aA]rroba)[-_"'`:+!/“”‘’]/;
const CAPITAL_AT = /[a-z0-9]AT[a-z0-9-]{1,63}DOT[a-z]/;

/**
 * Whether a text can hold a written-out address at all; most texts are done with after this. `isLikely` judges what
 * stands before an everyday "at".
 */
export function mayBeWrittenOut(text: string, isLikely: (before: string) => boolean): boolean {
  for (const { 1: word = '' } of text.matchAll(BRACKETED)) {
    const mark = IN_BRACKETS.get(keyOf(word));
    if (mark === MARK.at || mark === MARK.shortAt || (mark === MARK.dot && text.includes('@'))) return true;
  }
  for (const { 1: preposition, index } of text.matchAll(BARE_AT)) {
    if (preposition === undefined || isLikely(text.slice(Math.max(0, index - 100), index))) return true;
  }
  if (HALF_BRACKETED_AT.test(text) || text.search(UNSPACED_AT) !== -1) return true;
  return text.includes('DOT') && CAPITAL_AT.test(text);
}

/** The text with one mark for each word that stands for a sign, as long as before. */
export function markWords(text: string): string {
  return text
    .replace(BRACKETED, (whole, word: string) => padded(IN_BRACKETS.get(keyOf(word)), whole))
    .replace(HALF_BRACKETED, (whole, quote: string, word: string) => padded(halfMark(quote, word), whole))
    .replace(QUOTED_WORD, (whole, word: string) => padded(halfMark('"', word), whole))
    .replace(BARE_WORD, (word) => padded(BARE.get(keyOf(word)) ?? MARK.namedAt, word))
    .replace(UNSPACED_AT, (word) => padded(MARK.namedAt, word))
    .replace(UNSPACED_DOT, (word) => padded(MARK.namedDot, word))
    .replace(CAPITALS, (word) => padded(word === 'AT' ? MARK.bareAt : MARK.bareDot, word));
}

function halfMark(quote: string, word: string): string {
  if (IN_BRACKETS.get(keyOf(word)) !== MARK.at) return MARK.dot;
  if (quote.startsWith('_')) return MARK.scoredAt;
  // `--at--` stands in no host name and in no sentence.
  return quote.length > 1 ? MARK.at : MARK.weakAt;
}

function keyOf(word: string): string {
  const key = word.normalize().toLowerCase().replace(/\s/g, '');
  return key.length > 1 ? key.replace(/-/g, '') : key;
}

function padded(mark: string | undefined, whole: string): string {
  return mark === undefined ? whole : mark + MARK.fill.repeat(whole.length - 1);
}
