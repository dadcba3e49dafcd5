import 'reflect-metadata';
import { startService } from '#common/bootstrap.js';
import { orchestrator } from './orchestrator.module.js';

await startService(orchestrator);
