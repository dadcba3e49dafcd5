import type { ApiClient } from '../api/api-client.js';
import { CliError } from '../cli-error.js';
import { type Check, checkNode } from './check.js';

/** Each check is asked only where the one before it makes an answer possible. */
export async function checkServer(client: ApiClient): Promise<Check[]> {
  const checks = [checkNode(), await ask('server', () => probe(client, '/health/live'), client.url)];
  if (checks.some(({ problem }) => problem !== undefined)) return checks;
  checks.push(await ask('readiness', () => probe(client, '/health/ready'), 'database and broker answer'));
  checks.push(await ask('key', () => client.readPage('/v1/jobs', { limit: 1 }), 'accepted'));
  return checks;
}

async function ask(name: string, question: () => Promise<unknown>, found: string): Promise<Check> {
  try {
    await question();
    return { name, found };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { name, problem: error.message, advice: error.hint };
  }
}

async function probe(client: ApiClient, path: string): Promise<void> {
  const status = await client.probe(path);
  if (status === 200) return;
  const hint =
    status === 503
      ? 'Its database or broker does not answer, or it is shutting down: the body of /health/ready names which.'
      : 'Another program seems to listen there: check --url or GLEANER_URL.';
  throw new CliError(`${client.url}${path} answered ${status}`, { hint });
}
