import { readInlineStyle, type ElementStyle } from './page-styles.js';
import { INLINE_TAGS } from './tags.js';

/** Names that people give to what is there for robots only, as a whole; a form that has a honeypot is none. */
const TRAP_NAME = /(?:^|\s)(?:(?:wp|hp|my|the)-)?(?:honey-?pot|(?:spam|bot|robot|e?-?mail|spider)-?trap)(?:$|\s)/i;
const NO_TRAP_TAGS = new Set(['html', 'body', 'main', 'section', 'article', 'form', 'footer', 'header', 'nav']);
/** Classes of WordPress plug-ins and frameworks whose style sheet is a file of its own: text turned around, decoys. */
const REVERSED_CLASS = /(?:^|\s)(?:wpml|eeb|wpmt|mailto|email)-rtl(?:$|\s)/;
const DECOY_CLASS =
  /(?:^|\s)(?:(?:wpml|eeb|wpmt|mailto|email)-(?:nodis|sd)|d-none|u-?hidden|is-hidden|hidden|hide|invisible|display-none|visually-?hidden)(?:$|\s)/;
/** A part of every name that matters; most elements have none of them. */
const TELLING_NAME = /rtl|trap|pot|bot|mail|contact|nodis|-sd|none|hid|invisible/i;
const TELLING = ['style', 'hidden', 'dir', 'class', 'id'] as const;

/** How an element appears to a reader, as far as the addresses in it are concerned. */
export interface Appearance {
  /**
   * `aside`: not part of the text around it, like a decoy in the middle of a word. `lone`: aside, and a trap if an address
   * is all that it says. `trap`: for robots only.
   */
  visibility: 'shown' | 'aside' | 'lone' | 'trap';
  isReversed: boolean;
}

const SHOWN: Appearance = { visibility: 'shown', isReversed: false };

/**
 * Hidden blocks (menus, dialogs, tabs) and texts for screen readers are meant for people, in their time; so is what a
 * style sheet hides, since another rule may show it, and what has a name by which a script may. What is left are inline
 * elements that hide themselves, and what is named a trap.
 */
export function appearanceOf(tag: string, attributes: Map<string, string>, sheet: ElementStyle | null): Appearance {
  if (sheet === null && (attributes.size === 0 || !TELLING.some((name) => attributes.has(name)))) return SHOWN;
  if (sheet === null && attributes.size === 1 && attributes.has('class') && !TELLING_NAME.test(classesOf(attributes)))
    return SHOWN;
  const id = (attributes.get('id') ?? '').slice(0, 100);
  const classes = classesOf(attributes);
  const inline = readInlineStyle(attributes.get('style') ?? '');
  const has = (effect: keyof typeof inline): boolean => inline[effect] || sheet?.[effect] === true;
  const isRtl = has('isRtl') || attributes.get('dir')?.toLowerCase() === 'rtl';
  const isReversed = REVERSED_CLASS.test(classes) || (isRtl && (has('isOverride') || tag === 'bdo'));
  return { visibility: visibilityOf(), isReversed };

  function visibilityOf(): Appearance['visibility'] {
    if (TRAP_NAME.test(`${classes} ${id}`) && !NO_TRAP_TAGS.has(tag)) return 'trap';
    const isUnreachable = attributes.get('tabindex') === '-1' || attributes.get('aria-hidden') === 'true';
    const isAway = has('isOutOfSight') || has('isTiny');
    if (!INLINE_TAGS.has(tag)) return isUnreachable && isAway ? 'trap' : 'shown';
    const isHidden = attributes.has('hidden') || has('isHidden');
    if ((isHidden || isAway) && isUnreachable) return 'trap';
    const hidesItself = attributes.has('hidden') || inline.isHidden || (inline.isTiny && tag !== 'a');
    if (hidesItself && id === '' && classes === '') return 'lone';
    return isHidden || isAway || DECOY_CLASS.test(classes) ? 'aside' : 'shown';
  }
}

function classesOf(attributes: ReadonlyMap<string, string>): string {
  return (attributes.get('class') ?? '').slice(0, 200);
}
