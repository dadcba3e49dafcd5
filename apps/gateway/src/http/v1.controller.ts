import { STATUS_CODES } from 'node:http';
import { applyDecorators, Controller, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { RequestPipe } from './request.pipe.js';

/** A controller of the API: below `/v1`, with a key, its bodies and queries parsed by their schemas. */
export function V1Controller(path: string, tag: string): ClassDecorator {
  return applyDecorators(
    Controller(`v1/${path}`),
    UsePipes(RequestPipe),
    ApiTags(tag),
    ApiBearerAuth(),
    Problems(401, 403, 429, 500, 503),
  );
}

/** Documents a successful answer. */
export function Answers(status: number, schema: z.ZodType, description: string): MethodDecorator {
  return ApiResponse({ status, standardSchema: schema, description });
}

/** Documents the errors that a route answers with. */
export function Problems(...statuses: number[]): MethodDecorator & ClassDecorator {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return applyDecorators(
    ...statuses.map((status) => ApiResponse({ status, description: STATUS_CODES[status], content })),
  );
}
