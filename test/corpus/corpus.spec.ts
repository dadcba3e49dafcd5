import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { PageExtractor } from '../../apps/scraper/src/extract/page-extractor.js';
import { extractFound, readLabels, readPages } from './read-corpus.js';
import { scoreCorpus, type Found, type Labels, type Score } from './score.js';

const folder = fileURLToPath(new URL('pages/', import.meta.url));

describe('the corpus of labelled pages', () => {
  let labels: Labels;
  let score: Score;

  beforeAll(async () => {
    labels = await readLabels(fileURLToPath(new URL('labels.json', import.meta.url)));
    const extractor = new PageExtractor();
    const found = new Map<string, Found>();
    for (const { path, text } of await readPages(folder, labels)) found.set(path, await extractFound(extractor, text));
    score = scoreCorpus(labels, found);
  }, 120_000);

  it('has a label for every page', async () => {
    const files = await readdir(folder, { recursive: true });
    expect(files.filter((file) => file.endsWith('.html')).sort()).toEqual(Object.keys(labels.pages).sort());
  });

  it('is read with few addresses missing and fewer wrong ones', () => {
    expect(score.recall, JSON.stringify(score.misses, null, 1)).toBeGreaterThanOrEqual(0.98);
    expect(score.precision, JSON.stringify(score.falsePositives, null, 1)).toBeGreaterThanOrEqual(0.99);
  });

  it('yields no address on the pages that hold none', () => {
    expect(score.negatives.hit).toBe(score.negatives.of);
  });
});
