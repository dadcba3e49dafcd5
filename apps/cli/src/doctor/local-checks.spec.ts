import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkNode } from './check.js';
import { checkFolder, checkPort } from './local-checks.js';

describe('checkNode', () => {
  it.each(['20.19.0', '20.20.2', '24.0.0'])('accepts %s', (version) => {
    expect(checkNode(version).problem).toBeUndefined();
  });

  it.each(['18.20.0', '20.18.3'])('refuses %s', (version) => {
    expect(checkNode(version).problem).toContain('too old');
  });
});

describe('checkFolder', () => {
  it('looks at the nearest folder that exists', () => {
    expect(checkFolder('folder', join(tmpdir(), 'not/made/yet')).problem).toBeUndefined();
    expect(checkFolder('folder', '/proc/nothing/here').problem).toContain('cannot be written');
  });
});

describe('checkPort', () => {
  let server: Server | undefined;
  const listen = async (status: number): Promise<number> => {
    server = createServer((_, response) => response.writeHead(status).end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  afterEach(() => server?.close());

  it('tells a Gleaner that runs there already from another program', async () => {
    expect((await checkPort('127.0.0.1', await listen(200))).found).toContain('served by a Gleaner already');
    server?.close();
    expect((await checkPort('127.0.0.1', await listen(404))).problem).toContain('in use by another program');
  });

  it('is content with a free one', async () => {
    const port = await listen(200);
    await new Promise((resolve) => server?.close(resolve));
    expect((await checkPort('127.0.0.1', port)).found).toBe(`${port} is free`);
  });
});
