import { existsSync, readFileSync } from 'node:fs';
import { SitePipeline } from '../../apps/scraper/src/chunks/site-pipeline.js';

/**
 * Preloaded into a scraper (`node --import`): as long as the file named by BROKEN_WHILE exists every site fails as by a bug of
 * ours, one that ends the process if the file says `fatal`.
 */
const file = process.env.BROKEN_WHILE ?? '';
const work = SitePipeline.prototype.work;
SitePipeline.prototype.work = function (...args) {
  if (!existsSync(file)) return work.apply(this, args);
  const bug = new Error('a bug in the crawler');
  if (readFileSync(file, 'utf8') !== 'fatal') return Promise.reject(bug);
  setImmediate(() => {
    throw bug;
  });
  return work.apply(this, args);
};
