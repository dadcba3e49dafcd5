const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Elements that stand apart on the page: text before, inside and after them does not run together. */
export const BLOCK_TAGS = words(`
  address article aside audio blockquote body br button canvas caption center col colgroup dd details dialog dir div dl
  dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img
  input legend li link main map menu meta nav noscript object ol optgroup option p picture pre search section select
  source summary table tbody td template text textarea tfoot th thead title tr track ul video
`);

/** Elements without content. */
export const VOID_TAGS = words('area base br col embed hr img input link meta param source track wbr');

/** Elements whose text is for machines. */
export const SILENT_TAGS = words('script style');

/** Elements that show source code. */
export const CODE_TAGS = words('pre code samp kbd');

/** Inline elements that, hidden, serve to spoil an address for robots, or to trap them. */
export const INLINE_TAGS = words('a span b i em strong small big font u s del ins sub sup mark bdi bdo tt var q abbr');

/** Elements that icons are made of. */
export const ICON_TAGS = words('i span em b svg use');

/** Elements that show another document. */
export const FRAME_TAGS = words('iframe frame embed object');
