import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Defects of the chunk protocol that can be put into running services, to see that the suite finds them. */
export const PLANTED_BUGS = {
  fence: 'writes are counted whoever holds the chunk',
  reaper: 'nobody takes back the chunks of dead workers',
  skip: 'sites finished in an earlier attempt are run and counted again',
} as const;
export type PlantedBug = keyof typeof PLANTED_BUGS;

/** Names the bug to the preloaded module. */
export const BUG_VARIABLE = 'CHAOS_BUG';

/** The environment that puts a bug into a built service: a module is loaded before it. */
export function plantingEnv(bug: PlantedBug): Record<string, string> {
  const sabotage = pathToFileURL(resolve('dist/test/chaos/sabotage.js')).href;
  return { NODE_OPTIONS: `--import=${sabotage}`, [BUG_VARIABLE]: bug };
}
