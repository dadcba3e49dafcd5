import type { Service } from '#common/bootstrap.js';
import { gateway } from '../../gateway/src/gateway.module.js';
import { orchestrator } from '../../orchestrator/src/orchestrator.module.js';
import { scraper } from '../../scraper/src/scraper.module.js';

const services: Service[] = [gateway, orchestrator, scraper];

/** The three services in one process: the embedded default, with SQLite and the in-process broker. */
export const standalone: Service = {
  name: 'standalone',
  defaultPort: 3000,
  modules: services.flatMap(({ modules }) => modules),
  consumes: services.flatMap(({ consumes }) => consumes),
  setUpHttp: (app, config) => gateway.setUpHttp?.(app, config),
  async onFatal(app, error) {
    await Promise.all(services.map(async (service) => service.onFatal?.(app, error)));
  },
  onListening(url) {
    process.stdout.write(`Gleaner is running: ${url}\n`);
    for (const service of services) service.onListening?.(url);
  },
};
