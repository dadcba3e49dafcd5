import type { Broker } from './broker.js';
import { MemoryBroker } from './memory-broker.js';
import { RabbitBroker } from './rabbit-broker.js';

