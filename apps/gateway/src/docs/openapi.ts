import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { VERSION } from '#common/version.js';

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('Stable name of this kind of problem.'),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .describe('What is wrong where: JSON pointers into the body, `?name` of query parameters.'),
    traceId: z.string().describe('Finds the request in the log; also `X-Request-Id`.'),
  })
  .describe('An error (RFC 9457).');

/** Serves the API's description at /openapi.json and for people at /docs; both work without the internet. */
export function setUpDocs(app: NestExpressApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Gleaner API',
  });
}

/** OpenAPI 3.1, read from the controllers and their zod schemas. */
export function describeApi(app: NestExpressApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Gleaner')
    .setDescription('Turns lists of sites into deduplicated lists of e-mail contacts, each with the page it came from.')
    .setVersion(VERSION)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'opaque', description: 'An API key.' })
    .build();
  const document = SwaggerModule.createDocument(app, base, {
    operationIdFactory: (_controller, method) => method,
    standardSchemaConverter: (schema, { schemaType }) => toSchema(schema as z.ZodType, schemaType),
  });
  const components = { ...document.components };
  components.schemas = { ...components.schemas, Problem: toSchema(problem, 'output').schema };
  return { ...document, paths: describeText(document.paths), components };
}

/** Schemas with an id become components. */
function toSchema(schema: z.ZodType, io: 'input' | 'output') {
  const override = ({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void => {
    // What reads an answer must bear fields of later versions.
    if (io === 'output') delete jsonSchema.additionalProperties;
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  };
  const { $schema: _, $defs = {}, ...rest } = z.toJSONSchema(schema, { io, override }) as Record<string, object>;
  return { schema: rest as object, components: $defs as Record<string, object> };
}

/** Nest gives every content type of a response the same schema; what is not JSON is text. */
function describeText<Part>(part: Part): Part {
  return JSON.parse(JSON.stringify(part), (key, value: unknown) =>
    key === 'text/csv' || key === 'application/x-ndjson' ? { schema: { type: 'string' } } : value,
  ) as Part;
}
