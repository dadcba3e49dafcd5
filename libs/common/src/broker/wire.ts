import { z } from 'zod';
import type { MessageContract } from '../contracts/message.js';
import { PermanentError } from '../domain/errors.js';

const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 20;

/** Nest's own packet, plus the version of the message. */
const packetSchema = z.object({ pattern: z.string(), v: z.number(), data: z.unknown() });

/** The bytes of a message; throws PermanentError where the payload does not fit its contract. */
export function encodeMessage<T>(contract: MessageContract<T>, payload: T): Buffer {
  const data = parse(contract.schema, payload, contract.name);
  const content = Buffer.from(JSON.stringify({ pattern: contract.name, v: contract.version, data }));
  if (content.length > MAX_BYTES) throw invalid(`${contract.name} has ${content.length} bytes`);
  return content;
}

/** Reads bytes from the wire, which anybody may have written; throws PermanentError for all that is not a good message. */
export function decodeMessage(
  content: Buffer,
  contracts: readonly MessageContract[],
): { contract: MessageContract; payload: unknown } {
  if (content.length > MAX_BYTES) throw invalid(`message has ${content.length} bytes`);
  const packet = parse(packetSchema, parseJson(content), 'message');
  const contract = contracts.find(({ name }) => name === packet.pattern);
  if (!contract) throw invalid(`unknown pattern ${packet.pattern.slice(0, 100)}`);
  if (packet.v !== contract.version) throw invalid(`${contract.name} has version ${packet.v}`);
  return { contract, payload: parse(contract.schema, packet.data, contract.name) };
}

function parseJson(content: Buffer): unknown {
  let value: unknown;
  try {
    value = JSON.parse(content.toString());
  } catch (error) {
    throw invalid('message is not JSON', error);
  }
  // Before any schema sees it: what walks a value recursively overflows on 100,000 levels.
  if (isDeeperThan(MAX_DEPTH, value)) throw invalid(`message is nested deeper than ${MAX_DEPTH} levels`);
  return value;
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeperThan(levels - 1, child));
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw invalid(`${what} is invalid: ${issue?.path.join('.')}: ${issue?.message}`, result.error);
}

function invalid(message: string, cause?: unknown): PermanentError {
  return new PermanentError(message, { code: 'invalid_message', cause });
}
