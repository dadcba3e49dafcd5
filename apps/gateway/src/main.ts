import 'reflect-metadata';
import { startService } from '#common/bootstrap.js';
import { gateway } from './gateway.module.js';

await startService(gateway);
