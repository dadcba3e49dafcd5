import { describe, expect, it } from 'vitest';
import { embeddedEnv, loadCliConfig } from './load-cli-config.js';
import { ConfigError, loadConfig } from './load-config.js';

const settings = { folder: '/tmp/x', portFile: '/tmp/x/port', apiKey: 'a-key-of-some-length' };

describe('loadCliConfig', () => {
  it('needs nothing, and counts an empty value as absent', () => {
    expect(loadCliConfig({})).toEqual({});
    expect(loadCliConfig({ GLEANER_URL: ' ' }).GLEANER_URL).toBeUndefined();
  });

  it('refuses a server that is no web URL', () => {
    expect(() => loadCliConfig({ GLEANER_URL: 'localhost:3000' })).toThrow(ConfigError);
  });
});

describe('embeddedEnv', () => {
  const caller = {
    PATH: '/bin',
    WORKER_SLOTS: '3',
    DATABASE_URL: 'mysql://db.example/x',
    BROKER_URL: 'amqp://mq.example',
    PORT: '3000',
    HOST: '0.0.0.0',
  };

  it('has a database, a broker and a port of its own, whatever the caller uses', () => {
    const config = loadConfig({}, embeddedEnv(settings, caller));
    expect(config).toMatchObject({
      DATABASE_URL: 'sqlite:/tmp/x/gleaner.db',
      BROKER_URL: 'memory:',
      PORT: 0,
      HOST: '127.0.0.1',
    });
    expect(config.WORKER_SLOTS).toBe(3);
  });

  it('takes none of the product settings of the caller where it is isolated', () => {
    const env = embeddedEnv(
      { ...settings, isolated: true, overrides: { VERIFY_MX: 'false' } },
      { ...caller, MAX_WORKERS: 'many' },
    );
    expect(loadConfig({}, env)).toMatchObject({ WORKER_SLOTS: 20, MAX_WORKERS: 1000, VERIFY_MX: false });
    expect(env.PATH).toBe('/bin');
  });
});
