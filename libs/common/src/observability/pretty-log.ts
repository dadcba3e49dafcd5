type Line = Record<string, unknown> & { level: string; message: string; time: string };

/** The lifecycle lines that people know from the first system; every other line is `time level message facts`. */
const LIFECYCLE: Record<string, (line: Line) => string> = {
  'chunk started': (line) =>
    `🚀 [${line.workerId}] Starting job #${line.jobId}: ${line.sites} sites\n` +
    `  [${line.workerId}] Queue: chunk=${line.chunkNo}, sites=${line.sites}, attempt=${line.attempt}`,
  'chunk progress': (line) =>
    `  ⚡ [${line.workerId}] Progress: ${line.emails} emails (${line.emailsPerSecond} emails/sec, ${line.pages} pages)`,
  'chunk finished': (line) =>
    `✓✓✓ [${line.workerId}] Job chunk COMPLETED! ${line.emails} emails in ${Number(line.ms) / 1000} sec (${line.emailsPerSecond} emails/sec)`,
};

const HIDDEN = new Set(['level', 'time', 'message', 'service', 'context']);

/** One JSON log line as text for a person at a terminal. */
export function renderPretty(json: string): string {
  const line = JSON.parse(json) as Line;
  const lifecycle = LIFECYCLE[line.message];
  if (lifecycle) return `${lifecycle(line)}\n`;
  const facts = Object.entries(line)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return [line.time.slice(11, 23), line.level.toUpperCase().padEnd(5), line.message, ...facts].join(' ') + '\n';
}
