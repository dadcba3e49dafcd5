import { existsSync } from 'node:fs';
import { SitePipeline } from '../../apps/scraper/src/chunks/site-pipeline.js';

/**
 * Preloaded into a scraper (`node --import`): every site fails as by a bug of ours, as long as the file named by BROKEN_WHILE
 * exists.
 */
const work = SitePipeline.prototype.work;
SitePipeline.prototype.work = function (...args) {
  if (existsSync(process.env.BROKEN_WHILE ?? '')) return Promise.reject(new Error('a bug in the crawler'));
  return work.apply(this, args);
};
