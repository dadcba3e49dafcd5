import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './load-config.js';

const problemsOf = (env: Record<string, string>): string[] => {
  try {
    loadConfig({}, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('loadConfig', () => {
  it('works with no environment at all', () => {
    const config = loadConfig({}, {});
    expect(config).toMatchObject({ PORT: 3000, MAX_WORKERS: 1000, HEARTBEAT_MS: 2000, MAX_CONSECUTIVE_ERRORS: 5 });
    expect(config.isDistributed).toBe(false);
  });

  it('takes a service default only where the environment says nothing', () => {
    expect(loadConfig({ PORT: '3001' }, {}).PORT).toBe(3001);
    expect(loadConfig({ PORT: '3001' }, { PORT: '4000' }).PORT).toBe(4000);
    expect(loadConfig({ PORT: '3001' }, { PORT: '' }).PORT).toBe(3001);
  });

  it('names each entry of a list that is none', () => {
    const env = { EGRESS_ALLOW: '127.0.0.0/8, a.example:80, http://x/', DNS_SERVERS: '9.9.9.9,resolver.example' };
    expect(problemsOf(env)).toEqual([
      expect.stringMatching(/^EGRESS_ALLOW "http:\/\/x\/" is not/),
      expect.stringMatching(/^DNS_SERVERS "resolver.example" is not/),
    ]);
  });

  it('reports every problem at once, by name', () => {
    const problems = problemsOf({
      PORT: 'x',
      WORKER_SLOTS: '0',
      DATABASE_URL: 'postgres://a/b',
      VERIFY_MX: 'yes',
      LOG_LEVEL: 'loud',
    });
    expect(problems).toHaveLength(5);
    for (const key of ['PORT', 'WORKER_SLOTS', 'DATABASE_URL', 'VERIFY_MX', 'LOG_LEVEL']) {
      expect(problems.some((problem) => problem.startsWith(key))).toBe(true);
    }
  });

  it('refuses a distributed set-up without a contact, and a half-embedded one', () => {
    const servers = { DATABASE_URL: 'mysql://root@127.0.0.1/x', BROKER_URL: 'amqp://127.0.0.1' };
    expect(problemsOf(servers)).toEqual([expect.stringContaining('CONTACT')]);
    expect(problemsOf({ ...servers, CONTACT: 'https://example.org/bot' })).toEqual([]);
    expect(problemsOf({ BROKER_URL: 'amqp://127.0.0.1', CONTACT: 'a@b.example' })).toEqual([
      expect.stringContaining('both'),
    ]);
  });

  it('reads lists and freezes the result', () => {
    const config = loadConfig({}, { EGRESS_ALLOW: '127.0.0.1:8080, 10.0.0.0/8,' });
    expect(config.EGRESS_ALLOW).toEqual(['127.0.0.1:8080', '10.0.0.0/8']);
    expect(Object.isFrozen(config)).toBe(true);
  });
});
