import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { Problem, type ProblemItem } from '#common/http/problem.js';

const MAX_ITEMS = 100;

/** Fields of a job that later releases bring: to ignore them would look like success. */
const LATER_FIELDS = new Set(['/webhook']);

/** Parses a body or query by the zod schema of its decorator (`@Body({ schema })`); 422 names everything that is wrong. */
@Injectable()
export class RequestPipe implements PipeTransform {
  transform(value: unknown, { schema, type }: ArgumentMetadata): unknown {
    if (!schema) return value;
    const result = (schema as z.ZodType).safeParse(value);
    if (result.success) return result.data;
    const prefix = type === 'query' ? '?' : '/';
    const errors = result.error.issues.flatMap((issue) => toItems(issue, prefix));
    const detail =
      errors.length === 1
        ? 'One value of the request is not valid.'
        : `${errors.length} values of the request are not valid.`;
    throw new Problem(422, 'invalid_request', detail, { errors: errors.slice(0, MAX_ITEMS) });
  }
}

function toItems(issue: z.core.$ZodIssue, prefix: string): ProblemItem[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: toPointer(issue.path, prefix), detail: issue.message }];
  return issue.keys.map((key) => {
    const pointer = toPointer([...issue.path, key], prefix);
    return { pointer, detail: LATER_FIELDS.has(pointer) ? 'is not supported by this version' : 'is not a known field' };
  });
}

/** RFC 6901, the whole body being ''; a query parameter is `?name`. */
function toPointer(path: readonly PropertyKey[], prefix: string): string {
  const segments = path.map((segment) => String(segment).replaceAll('~', '~0').replaceAll('/', '~1'));
  return segments.length === 0 ? '' : prefix + segments.join('/');
}
