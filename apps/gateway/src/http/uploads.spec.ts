import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Request, Response } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { Problem } from '#common/http/problem.js';
import { hangUpOnUnread, isUpload, readUpload } from './uploads.js';

const PATH = '/v1/jobs/01a20f86-5d1c-7a34-9c0e-6f1f5a3b2c1d/inputs';

describe('isUpload', () => {
  it.each([
    ['PUT', PATH],
    ['POST', PATH],
    ['PUT', `${PATH}/`],
    ['PUT', `${PATH}?x=1`],
    ['PUT', '/V1/Jobs/x/Inputs'],
  ])('%s %s is one', (method, url) => expect(isUpload({ method, url } as IncomingMessage)).toBe(true));

  it.each([
    ['GET', PATH],
    ['DELETE', PATH],
    ['POST', '/v1/jobs'],
    ['POST', `${PATH}/x`],
    ['POST', '/v1/jobs/x/start'],
    ['POST', '/v1/jobs?a=/v1/jobs/x/inputs'],
    ['POST', '/v1/jobs/x/y/inputs'],
  ])('%s %s is none', (method, url) => expect(isUpload({ method, url } as IncomingMessage)).toBe(false));
});

describe('readUpload', () => {
  let server: Server;
  let isOver = false;
  afterEach(async () => {
    isOver = false;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** A server that answers with all it has read, or with the code of the problem it met. */
  const open = async (silenceMs: number) => {
    const answer = async (incoming: IncomingMessage, response: Response): Promise<void> => {
      const parts: Buffer[] = [];
      try {
        for await (const part of readUpload(incoming as Request, () => isOver, silenceMs)) parts.push(part);
        response.end(Buffer.concat(parts));
      } catch (error) {
        response.statusCode = (error as Problem).getStatus();
        response.end((error as Problem).code);
      }
    };
    server = createServer((incoming, response) => {
      hangUpOnUnread(incoming as Request, response as Response, () => void answer(incoming, response as Response));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const upload = request({ port, method: 'PUT', path: PATH, agent: false }).on('error', () => undefined);
    const answered = once(upload, 'response').then(async ([response]) => {
      let text = '';
      for await (const part of response as IncomingMessage) text += String(part);
      return { status: response.statusCode as number, connection: response.headers.connection as string, text };
    });
    return { upload, answered };
  };

  it('reads all', async () => {
    const { upload, answered } = await open(10_000);
    upload.write('a');
    upload.end('b');
    expect(await answered).toMatchObject({ status: 200, text: 'ab' });
  });

  it('ends with 408 where the client falls silent, and hangs up', async () => {
    const { upload, answered } = await open(50);
    upload.write('a');
    expect(await answered).toEqual({ status: 408, connection: 'close', text: 'upload_timeout' });
    await once(upload, 'close');
  });

  it('reads no further once it is answered by somebody else', async () => {
    const { upload, answered } = await open(10_000);
    isOver = true;
    upload.write('a');
    expect(await answered).toEqual({ status: 400, connection: 'close', text: 'upload_broken_off' });
  });
});
