import type { z } from 'zod';

/**
 * One message on the wire: its pattern, version and schema. `queue` messages are work tickets, delivered to one
 * consumer and kept until settled; `broadcast` messages go to every listening process and may be lost.
 */
export interface MessageContract<T = unknown> {
  readonly name: string;
  readonly version: 1;
  readonly schema: z.ZodType<T>;
}

export function defineMessage<T>(name: string, schema: z.ZodType<T>): MessageContract<T> {
  return Object.freeze({ name, version: 1 as const, schema });
}
