import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineMessage } from '../contracts/message.js';
import { PermanentError } from '../domain/errors.js';
import { decodeMessage, encodeMessage } from './wire.js';

const anything = defineMessage('any.thing', z.unknown());
const nest = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
const decode = (data: unknown): unknown => decodeMessage(encodeMessage(anything, data), [anything]).payload;

describe('the wire', () => {
  it('carries what the contract allows', () => {
    expect(decode({ a: [1, 'é', null] })).toEqual({ a: [1, 'é', null] });
  });

  it('refuses nesting before a schema sees it, however lenient the schema', () => {
    // The packet itself is one level.
    expect(decode(nest(19))).toEqual(nest(19));
    expect(() => decode(nest(20))).toThrow('nested deeper than 20 levels');
  });

  it('refuses to send more bytes than a consumer takes', () => {
    expect(() => encodeMessage(anything, 'x'.repeat(1024 * 1024))).toThrow(PermanentError);
  });

  it('says which field is wrong, without its value', () => {
    const contract = defineMessage('some.thing', z.strictObject({ url: z.url() }));
    expect(() => encodeMessage(contract, { url: 'secret' })).toThrow(/^some\.thing is invalid: url: Invalid URL$/);
  });
});
