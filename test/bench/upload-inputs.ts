import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { Cluster, type Mode } from '../support/cluster.js';

/** `PUT /v1/jobs/{id}/inputs` of distinct hosts in no order: time, and the most memory the gateway's process has had. */
export async function benchUpload(mode: Mode, lines: number): Promise<Record<string, string | number>[]> {
  const cluster = await Cluster.start(mode, { scrapers: 0, env: { LOG_LEVEL: 'warn' } });
  try {
    const { id } = await cluster.call<{ id: string }>('/v1/jobs', { source: { type: 'sites' }, hold: true });
    const { child } = cluster.services.find(({ app }) => app === 'gateway' || app === 'standalone')!;
    const idle = readMemory(child.pid!, 'VmRSS');
    const rows = [];
    for (const step of ['first', 'replacing it']) {
      const startedAt = performance.now();
      const response = await cluster.fetch(`/v1/jobs/${id}/inputs`, {
        method: 'PUT',
        headers: { 'content-type': 'text/plain' },
        body: Readable.toWeb(Readable.from(hosts(lines))) as ReadableStream,
        duplex: 'half',
      } as Parameters<Cluster['fetch']>[1]);
      const { accepted } = (await response.json()) as { accepted: number };
      if (accepted !== lines) throw new Error(`${accepted} of ${lines} lines were accepted`);
      const seconds = (performance.now() - startedAt) / 1000;
      rows.push({
        mode,
        upload: step,
        lines,
        seconds: Math.round(10 * seconds) / 10,
        'lines per second': Math.round(lines / seconds),
        'MB before': idle,
        'MB at most': readMemory(child.pid!, 'VmHWM'),
      });
    }
    return rows;
  } finally {
    await cluster.stop();
  }
}

/** In blocks of 1,000 lines; the factor scatters them over the index of hosts. */
function* hosts(lines: number): Generator<Buffer> {
  for (let from = 0; from < lines; from += 1000) {
    let block = '';
    for (let i = from; i < Math.min(lines, from + 1000); i++) {
      block += `https://www.site-${(i * 7919) % 10_000_019}.example/kontakt\n`;
    }
    yield Buffer.from(block);
  }
}

function readMemory(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const kib = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib) / 1024);
}
