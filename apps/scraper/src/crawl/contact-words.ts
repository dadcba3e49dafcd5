import { EASTERN_WORDS } from './contact-words-eastern.js';
import { OTHER_SCRIPT_WORDS } from './contact-words-scripts.js';
import { WESTERN_WORDS } from './contact-words-western.js';
import type { PageWords } from './page-words.js';

/** The words of all languages, by language. */
export const CONTACT_WORDS: Readonly<Record<string, PageWords>> = {
  ...WESTERN_WORDS,
  ...EASTERN_WORDS,
  ...OTHER_SCRIPT_WORDS,
};
