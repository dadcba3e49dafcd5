import 'reflect-metadata';
import { startService } from '#common/bootstrap.js';
import { scraper } from './scraper.module.js';

await startService(scraper);
