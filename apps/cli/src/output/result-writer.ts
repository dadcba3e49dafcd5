import { closeSync, openSync, writeFileSync } from 'node:fs';
import { UsageError } from '../cli-error.js';
import type { JobResult } from '../extract/run-job.js';
import { renderCsv } from './csv.js';
import { renderEmails, renderEvidence } from './email-table.js';
import type { Terminal } from './terminal.js';

/** --csv, --json and --evidence, as extract and export take them. */
export interface ResultFormat {
  /** File, or `-` for standard output. */
  csv?: string;
  json?: boolean;
  evidence?: boolean;
}

/** Writes what a job has found. Made before the job runs, so that a file that cannot be written costs nobody the work. */
export class ResultWriter {
  constructor(
    private readonly terminal: Terminal,
    private readonly format: ResultFormat,
  ) {
    if (format.csv !== undefined && format.csv !== '-') assertWritable(format.csv);
  }

  /** Standard output is for a program: whatever is meant for people goes to stderr. */
  get isData(): boolean {
    return this.format.json === true || this.format.csv === '-';
  }

  write({ job, emails, sites }: JobResult): void {
    const { csv, json, evidence } = this.format;
    if (json) this.terminal.print(JSON.stringify({ job, emails, sites }, null, 2));
    else if (csv === '-') this.terminal.out.write(renderCsv(emails, { evidence }));
    else if (csv !== undefined) this.writeFile(csv, renderCsv(emails, { evidence }), emails.length);
    else if (emails.length === 0) this.terminal.print('no addresses found');
    else
      this.terminal.print(
        evidence ? renderEvidence(emails, this.terminal.width) : renderEmails(emails, this.terminal.width),
      );
  }

  private writeFile(file: string, text: string, count: number): void {
    writeFileSync(file, text);
    this.terminal.note(`${count} ${count === 1 ? 'address' : 'addresses'} written to ${file}`);
  }
}

/** Opened for appending: what stands in the file stays there until there is something better. */
function assertWritable(file: string): void {
  try {
    closeSync(openSync(file, 'a'));
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${(error as Error).message}`);
  }
}
