import type { ElementStyle } from './page-styles.js';
import { readInlineStyle } from './page-styles.js';
import { INLINE_TAGS } from './tags.js';

/** Names that people give to what is there for robots only. */
const TRAP_NAME =
  /(?:^|[\s_-])(?:honey-?pot|hpot|spam-?trap|bot-?trap|robot-?trap|mail-?trap|trap|no-?(?:ro)?bots?|do-?not-?(?:e?-?mail|contact))(?:$|[\s_-])/i;
const OFF_SCREEN = /(?:^|[;\s])(?:left|right|top|text-indent)\s{0,9}:\s{0,9}-\d{3,6}(?:px|em|rem|pt)?/i;

/** How an element appears to a reader, as far as the addresses in it are concerned. */
export interface Appearance {
  /** `aside`: not part of the text around it, like a decoy in the middle of a word. */
  visibility: 'shown' | 'aside' | 'trap';
  isReversed: boolean;
}

const SHOWN: Appearance = { visibility: 'shown', isReversed: false };

/**
 * Hidden blocks (menus, dialogs, tabs) and texts for screen readers are meant for people, in their time. Inline
 * elements that are hidden, things of no size, and what is named a trap are meant for robots. An element with an id is
 * not a trap for being hidden: scripts show such ones.
 */
export function appearanceOf(tag: string, attributes: Map<string, string>, sheet: ElementStyle | null): Appearance {
  const style = attributes.get('style');
  const id = attributes.get('id') ?? '';
  const names = `${(attributes.get('class') ?? '').slice(0, 200)} ${id.slice(0, 100)}`;
  const isNamedTrap = names.length > 3 && TRAP_NAME.test(names);
  if (style === undefined && sheet === null && !isNamedTrap && !attributes.has('hidden') && !attributes.has('dir')) {
    return SHOWN;
  }
  const inline = readInlineStyle(style ?? '');
  const isHidden = attributes.has('hidden') || inline.isHidden || sheet?.isHidden === true;
  const isTiny = inline.isTiny || sheet?.isTiny === true;
  const isReversed =
    inline.isReversed || sheet?.isReversed === true || (tag === 'bdo' && attributes.get('dir') === 'rtl');
  return { visibility: visibilityOf(), isReversed };

  function visibilityOf(): Appearance['visibility'] {
    if (isNamedTrap) return 'trap';
    const isInline = INLINE_TAGS.has(tag);
    if (isInline && (isHidden || isTiny)) return id === '' ? 'trap' : 'aside';
    const isUnreachable = attributes.get('tabindex') === '-1' || attributes.get('aria-hidden') === 'true';
    const isOut = isTiny || isHidden || OFF_SCREEN.test((style ?? '').slice(0, 500));
    return isOut && isUnreachable ? 'trap' : 'shown';
  }
}
