import { readInlineStyle, type ElementStyle } from './page-styles.js';
import { INLINE_TAGS } from './tags.js';

/** Names that people give to what is there for robots only. */
const TRAP_NAME =
  /(?:^|[\s_-])(?:honey-?pot|hpot|spam-?trap|bot-?trap|robot-?trap|mail-?trap|no-?(?:ro)?bots?|do-?not-?(?:e?-?mail|contact))(?:$|[\s_-])/i;
/** Classes of WordPress plug-ins and frameworks whose style sheet is a file of its own: text turned around, decoys. */
const REVERSED_CLASS = /(?:^|\s)(?:wpml|eeb|wpmt|mailto|email)-rtl(?:$|\s)/;
const DECOY_CLASS =
  /(?:^|\s)(?:(?:wpml|eeb|wpmt|mailto|email)-(?:nodis|sd)|d-none|u-?hidden|is-hidden|hidden|hide|invisible|display-none|visually-?hidden)(?:$|\s)/;
/** A part of every name that matters; most elements have none of them. */
const TELLING_NAME = /rtl|trap|pot|bot|mail|contact|nodis|-sd|none|hid|invisible/i;
const TELLING = ['style', 'hidden', 'dir', 'class', 'id'] as const;

/** How an element appears to a reader, as far as the addresses in it are concerned. */
export interface Appearance {
  /** `aside`: not part of the text around it, like a decoy in the middle of a word. */
  visibility: 'shown' | 'aside' | 'trap';
  isReversed: boolean;
}

const SHOWN: Appearance = { visibility: 'shown', isReversed: false };

/**
 * Hidden blocks (menus, dialogs, tabs) and texts for screen readers are meant for people, in their time. Inline
 * elements that are hidden, and what is named a trap, are meant for robots. An element with an id is not a trap for
 * being hidden: scripts show such ones.
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
  const isHidden = attributes.has('hidden') || has('isHidden') || has('isTiny');
  return { visibility: visibilityOf(), isReversed };

  function visibilityOf(): Appearance['visibility'] {
    if (TRAP_NAME.test(`${classes} ${id}`)) return 'trap';
    const isUnreachable = attributes.get('tabindex') === '-1' || attributes.get('aria-hidden') === 'true';
    if (INLINE_TAGS.has(tag)) {
      if (isHidden) return id === '' ? 'trap' : 'aside';
      if (has('isOutOfSight') && isUnreachable) return 'trap';
      return has('isOutOfSight') || DECOY_CLASS.test(classes) ? 'aside' : 'shown';
    }
    return isUnreachable && (has('isOutOfSight') || has('isTiny')) ? 'trap' : 'shown';
  }
}

function classesOf(attributes: ReadonlyMap<string, string>): string {
  return (attributes.get('class') ?? '').slice(0, 200);
}
