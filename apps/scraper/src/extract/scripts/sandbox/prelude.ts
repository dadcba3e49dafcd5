import { Browser } from './browser.js';
import { ElementViews } from './element-views.js';
import { Journal } from './journal.js';
import { Markup } from './markup.js';
import { PageDocument } from './page-document.js';
import { PageEvents } from './page-events.js';
import { PageElement, PageNode, PageText } from './page-node.js';
import { PageQuery } from './page-query.js';
import { PageRun } from './page-run.js';
import { Selector } from './selector.js';

/**
 * The classes of this folder run in QuickJS, not here: their text, as the compiler left it, is the program that is
 * evaluated there before a page's scripts. So they are type-checked like all code, and refer to one another by
 * `sandbox` (an import would not be there); none of it is visible to the page's scripts.
 */
const CLASSES: readonly (new (...parameters: never[]) => unknown)[] = [
  Browser,
  ElementViews,
  Journal,
  Markup,
  PageNode,
  PageText,
  PageElement,
  PageDocument,
  PageEvents,
  PageQuery,
  PageRun,
  Selector,
];

/** An expression: a function that takes a job as JSON and a function to run a script, and gives `step` and `result`. */
export const PRELUDE = `(() => {
'use strict';
const { parse, stringify } = JSON;
const sandbox = { evaluate: eval, compile: Function };
${CLASSES.map((one) => `${String(one)}\nsandbox.${one.name} = ${one.name};`).join('\n')}
return (json, program) => {
  sandbox.program = program;
  const job = parse(json);
  sandbox.journal = new Journal();
  sandbox.events = new PageEvents();
  ElementViews.define(PageElement.prototype);
  const page = new PageDocument(job.nodes);
  sandbox.documentNode = page.node;
  sandbox.guard = (work) => run.guard(work);
  Browser.install();
  const run = new PageRun(job, page);
  const { html, texts } = sandbox.journal;
  return { step: () => run.step(), result: () => (run.finish(), stringify({ html, texts })) };
};
})()`;
