import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScriptJob, Snippet } from './script-job.js';
import { ScriptRunner } from './script-runner.js';
import { ScriptThread } from './script-thread.js';

const FIRST = `document.write('anna' + '@' + 'studio-nord.org')`;
const jobOf = (...codes: string[]): ScriptJob => ({
  nodes: [],
  snippets: codes.map((code): Snippet => ({ kind: 'script', code, element: -1 })),
});

/** What a hostile page may do; where it can be interrupted, the script before it has still had its say. */
const HOSTILE: Record<string, string> = {
  'an endless loop': 'while(true){}',
  'an endless loop in try and finally': 'for(;;){try{while(true);}catch(e){}finally{continue}}',
  'a recursion without end': 'function f(){f()}f()',
  'a recursion that grows as it fails': 'function f(){try{f()}finally{f()}}f()',
  'memory filled with arrays': 'var a=[];while(true)a.push(new Array(1e5).fill(a))',
  'memory filled with texts': 'var a=[];while(true)a.push("x".repeat(1e6)+a.length)',
  'one giant text': 'var s="x".repeat(2**29);s+=s;document.write(s)',
  'a text that doubles': 'var s="@";while(true)s+=s',
  'a giant array sorted': 'new Array(2e6).fill(0).map(Math.random).sort()',
  'a regular expression that backtracks': '/^(a+)+$/.test("a".repeat(40)+"!")',
  'code nested ten thousand times': 'eval("(".repeat(1e4)+"1"+")".repeat(1e4))',
  'JSON nested without end': 'var a=[];for(var i=0;i<1e6;i++)a=[a];JSON.stringify(a)',
  'prototypes poisoned': `for(const c of [Object,Array,String,Map,Set,RegExp,Function,Promise])for(const k of Object.getOwnPropertyNames(c.prototype))try{c.prototype[k]=function(){throw 1}}catch(e){}`,
  'prototypes frozen in a loop': `Array.prototype.push=function(){while(true);};Map.prototype.get=Array.prototype.push;document.createElement('a').href='@'`,
  'a Proxy that never answers': 'var p=new Proxy({},{get(){while(true);}});document.write(p.x)',
  'a getter that asks itself': 'var o={get a(){return this.a}};o.a',
  'an object that is no text':
    'document.write({toString(){while(true);}});document.write({toString(){throw 1}});document.write(Symbol())',
  'errors of all kinds': 'throw{get message(){throw 2}}',
  'timers that start timers': 'function t(){setTimeout(t,0);setInterval(t,0)}t()',
  'promises without end': 'function p(){Promise.resolve().then(p)}p()',
  'an awaited loop': '(async()=>{for(;;)await null})()',
  'scripts that write scripts': `var w='document.write("<script>"+w+"</scr"+"ipt>")';eval(w)`,
  'a page of elements': 'for(;;)document.body.appendChild(document.createElement("p"))',
  'an element in itself': 'var a=document.createElement("p");a.append(a);document.body.append(a);a.textContent',
  'attempts to leave': `try{quit()}catch(e){}try{process.exit(1)}catch(e){}try{require('fs')}catch(e){}import('node:fs').catch(()=>{});globalThis.constructor.constructor('return process')().exit(1)`,
  'globals redefined': `for(const k of Object.getOwnPropertyNames(globalThis))try{Object.defineProperty(globalThis,k,{get(){throw 1},configurable:false})}catch(e){}`,
  'JSON redefined': `JSON.stringify=()=>{throw 1};JSON.parse=()=>null;Array.prototype.toJSON=String.prototype.toJSON=()=>({html:{length:1e9}})`,
};

describe('ScriptRunner', () => {
  const signal = new AbortController().signal;
  let runner: ScriptRunner;
  beforeAll(() => {
    runner = new ScriptRunner();
  });
  afterAll(() => runner.close());

  it.each(Object.entries(HOSTILE))('outlives %s', async (_name, code) => {
    const output = await runner.run(jobOf(FIRST, code), signal);
    expect([...output.html, ...output.texts].every((text) => typeof text === 'string')).toBe(true);
    expect((await runner.run(jobOf(FIRST), signal)).html).toEqual(['anna@studio-nord.org']);
  });

  it('runs what comes after a script that does not end', async () => {
    const { html, timedOut } = await runner.run(jobOf('while(true){}', FIRST), signal);
    expect({ html, timedOut }).toEqual({ html: ['anna@studio-nord.org'], timedOut: false });
  });

  it('says when a page has had its time', async () => {
    const code = 'function f(){try{f()}finally{f()}}f()';
    expect(await runner.run(jobOf(FIRST, code), signal)).toEqual({ html: [], texts: [], timedOut: true });
  });

  it('does not let scripts flood it', async () => {
    const flood = 'for(var i=0;i<1e5;i++)alert("@".repeat(1e4)+i)';
    const { texts } = await runner.run(jobOf(flood), signal);
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.join('').length).toBeLessThanOrEqual(256 * 1024);
  });

  it('keeps the process responsive while a page holds up its thread', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    await runner.run(jobOf('function f(){try{f()}finally{f()}}f()'), signal);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });

  it('has bounded memory', async () => {
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 5; i++) await runner.run(jobOf('var a=[];while(true)a.push("x".repeat(1e6)+a.length)'), signal);
    expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 1024 * 1024);
  });

  it('answers pages in their turn', async () => {
    const outputs = await Promise.all(
      ['a', 'b', 'c'].map((name) => runner.run(jobOf(`alert('${name}@x.org')`), signal)),
    );
    expect(outputs.map(({ texts }) => texts)).toEqual([['a@x.org'], ['b@x.org'], ['c@x.org']]);
  });

  it('runs the scripts of fifty pages that come at the same time', async () => {
    const outputs = await Promise.all(Array.from({ length: 50 }, () => runner.run(jobOf(FIRST), signal)));
    expect(outputs.filter(({ html }) => html.length === 1)).toHaveLength(50);
  });

  it('answers with nothing where another page keeps the thread busy', async () => {
    const impatient = new ScriptRunner(20);
    const hanging = impatient.run(jobOf('while(true){}'), signal);
    expect(await impatient.run(jobOf(FIRST), signal)).toEqual({ html: [], texts: [], timedOut: false });
    await hanging;
    await impatient.close();
  });

  it('takes no more than a page may say, whatever its scripts do', async () => {
    const flood =
      "Array.prototype.toJSON=function(){return Array(120000).fill('a@a-firm.org')};document.write('x'+'@')";
    const { html, texts } = await runner.run(jobOf(flood), signal);
    expect(html.length + texts.length).toBeLessThanOrEqual(512);
  });

  it('lets go of a caller who gives up, running or waiting', async () => {
    const controller = new AbortController();
    const runs = [runner.run(jobOf('while(true){}'), controller.signal), runner.run(jobOf(FIRST), controller.signal)];
    const settled = Promise.allSettled(runs);
    controller.abort(new Error('given up'));
    expect((await settled).map((one) => one.status === 'rejected' && String(one.reason))).toEqual(
      Array(2).fill('Error: given up'),
    );
    await expect(runner.run(jobOf(FIRST), controller.signal)).rejects.toThrow('given up');
    expect((await runner.run(jobOf(FIRST), signal)).html).toHaveLength(1);
  });

  it('starts again after it was closed', async () => {
    await runner.close();
    expect((await runner.run(jobOf(FIRST), signal)).html).toHaveLength(1);
  });

  it('asks for a thread that does not start once, and answers with nothing', async () => {
    let made = 0;
    const broken = new ScriptRunner(5000, () => {
      made += 1;
      return new ScriptThread({ quickjs: '/nowhere/quickjs.js', variant: '/nowhere/variant.js' });
    });
    const outputs = await Promise.all([1, 2, 3].map(() => broken.run(jobOf(FIRST), signal)));
    expect(outputs.map(({ html, texts }) => [...html, ...texts])).toEqual([[], [], []]);
    await broken.run(jobOf(FIRST), signal);
    expect(made).toBe(1);
    await broken.close();
  });

  it('answers with nothing where there are no modules for a thread', async () => {
    const broken = new ScriptRunner(5000, () => {
      throw new Error('not installed');
    });
    expect((await broken.run(jobOf(FIRST), signal)).html).toEqual([]);
  });

  it('takes a new thread where the one it had has ended meanwhile', async () => {
    const threads: ScriptThread[] = [];
    const other = new ScriptRunner(5000, () => {
      threads.push(new ScriptThread());
      return threads.at(-1)!;
    });
    await other.run(jobOf(FIRST), signal);
    await threads[0]?.close();
    expect((await other.run(jobOf(FIRST), signal)).html).toHaveLength(1);
    await other.close();
    expect(threads.map(({ hasEnded }) => hasEnded)).toEqual([true, true]);
  });

  it('ends a page that runs when it is closed', async () => {
    const other = new ScriptRunner();
    const run = other.run(jobOf('function f(){try{f()}finally{f()}}f()'), signal);
    await new Promise(setImmediate);
    await other.close();
    expect(await run).toEqual({ html: [], texts: [], timedOut: true });
  });
});
