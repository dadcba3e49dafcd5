import { z } from 'zod';

/** What became of the lines of an upload. */
export const uploadReport = z
  .object({
    lines: z.int().describe('Lines of this upload, blank ones left out.'),
    accepted: z.int(),
    rejected: z
      .array(z.object({ line: z.int().describe('Its number, from 1, blank ones counted.'), reason: z.string() }))
      .describe('The first 100.'),
    rejectedTotal: z.int(),
  })
  .meta({ id: 'UploadReport' });
export type UploadReport = z.output<typeof uploadReport>;
