import { createHash } from 'node:crypto';

const MAX_BATCH = 1_000;

/** The URLs of one file: each once, in batches. Known ones are kept as hashes, a few MB where the URLs take 100. */
export class UrlBatch {
  urls: string[] = [];
  private readonly known = new Set<string>();

  /** Different URLs so far. */
  get total(): number {
    return this.known.size;
  }

  get isFull(): boolean {
    return this.urls.length >= MAX_BATCH;
  }

  has(url: string): boolean {
    return this.known.has(keyOf(url));
  }

  add(url: string): void {
    this.known.add(keyOf(url));
    this.urls.push(url);
  }

  take(): string[] {
    return this.urls.splice(0);
  }
}

function keyOf(url: string): string {
  return createHash('sha1').update(url).digest('base64');
}
