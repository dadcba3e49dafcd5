import type * as browser from './browser.js';
import type * as elementViews from './element-views.js';
import type * as journal from './journal.js';
import type * as markup from './markup.js';
import type * as pageDocument from './page-document.js';
import type * as pageEvents from './page-events.js';
import type * as pageNode from './page-node.js';
import type * as pageQuery from './page-query.js';
import type * as selector from './selector.js';

/**
 * What is in scope where the classes of this folder run (see prelude.ts). Declared, not imported: there are no modules
 * there, and they refer to one another.
 */
declare global {
  namespace Sandbox {
    type Entry = pageEvents.Entry;
    type Listener = pageEvents.Listener;
    type PageDocument = pageDocument.PageDocument;
    type PageElement = pageNode.PageElement;
    type PageNode = pageNode.PageNode;
  }
  const sandbox: {
    Browser: typeof browser.Browser;
    ElementViews: typeof elementViews.ElementViews;
    Markup: typeof markup.Markup;
    PageElement: typeof pageNode.PageElement;
    PageNode: typeof pageNode.PageNode;
    PageQuery: typeof pageQuery.PageQuery;
    PageText: typeof pageNode.PageText;
    Selector: typeof selector.Selector;
    journal: journal.Journal;
    events: pageEvents.PageEvents;
    documentNode: pageNode.PageElement;
    /** Runs what is the page's: its errors end there. */
    guard(work: () => unknown): void;
    /** As a script of the page: what it declares is there for the next. */
    program(code: string): void;
    /** In the scope of the page, as `eval` by another name does. */
    evaluate(code: string): unknown;
    compile(parameter: string, code: string): (this: unknown, event: unknown) => unknown;
  };
}
