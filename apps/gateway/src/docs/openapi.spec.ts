import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatewayApp } from '../../../../test/support/gateway-app.js';
import { DATABASES, type TestDatabase } from '../../../../test/support/test-database.js';

const FILE = join(import.meta.dirname, '../../../../docs/openapi.json');

describe('OpenAPI', () => {
  let database: TestDatabase;
  let gateway: GatewayApp;
  let document: OpenAPIObject;

  beforeAll(async () => {
    database = await (DATABASES[0] as (typeof DATABASES)[number]).create();
    gateway = await GatewayApp.start(database.dataSource);
    document = (await gateway.get<OpenAPIObject>('/openapi.json')).body;
  });
  afterAll(async () => {
    await gateway?.close();
    await database?.drop();
  });

  it('is committed as docs/openapi.json (UPDATE_OPENAPI=1 writes it)', () => {
    const text = `${JSON.stringify(document, null, 2)}\n`;
    if (process.env.UPDATE_OPENAPI) writeFileSync(FILE, text);
    expect(text).toBe(readFileSync(FILE, 'utf8'));
  });

  it('describes every operation with its answers and errors', () => {
    expect(document.openapi).toBe('3.1.0');
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, { operationId: string; responses: object; summary?: string }>).map(
        ([method, operation]) => ({ path, method, ...operation }),
      ),
    );
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    const api = operations.filter(({ path }) => path.startsWith('/v1/'));
    expect(api.length).toBeGreaterThan(10);
    for (const { path, method, responses, summary } of api) {
      expect(summary, `${method} ${path}`).toBeTruthy();
      expect(Object.keys(responses), `${method} ${path}`).toEqual(expect.arrayContaining(['401', '429', '500', '503']));
      expect(
        Object.keys(responses).some((status) => status.startsWith('2')),
        `${method} ${path}`,
      ).toBe(true);
    }
  });

  it('refers to nothing that it does not define', () => {
    const text = JSON.stringify(document);
    const names = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1] as string);
    expect(names).toContain('Job');
    expect(Object.keys(document.components?.schemas ?? {})).toEqual(expect.arrayContaining([...new Set(names)]));
    expect(text).not.toContain('#/$defs');
  });
});
