import 'reflect-metadata';
import { startService } from '#common/bootstrap.js';
import { standalone } from './standalone.js';

// Started by the command line, with an IPC channel: when that is killed outright, this must not live on. Jobs survive it.
process.once('disconnect', () => process.exit());
await startService(standalone);
