/** What one request carries: the gateway takes at most so many sites, and 1 MiB in all. */
const MAX_INLINE = 100_000;
const MAX_INLINE_BYTES = 1_000_000;
const BLOCK_BYTES = 64 * 1024;

/** A list of sites in the order given, kept as text: a million of them take some 30 MB. */
export class SiteList {
  private readonly blocks: Buffer[] = [];
  private block: string[] = [];
  private blockBytes = 0;
  private jsonBytes = 0;
  private sites = 0;

  static of(sites: Iterable<string>): SiteList {
    const list = new SiteList();
    for (const site of sites) list.add(site);
    return list;
  }

  get count(): number {
    return this.sites;
  }

  add(site: string): void {
    this.sites++;
    this.jsonBytes += Buffer.byteLength(JSON.stringify(site)) + 1;
    this.blockBytes += site.length;
    this.block.push(site);
    if (this.blockBytes >= BLOCK_BYTES) this.close();
  }

  /** All of them, where they fit into one request. */
  inline(): string[] | undefined {
    if (this.sites > MAX_INLINE || this.jsonBytes > MAX_INLINE_BYTES) return undefined;
    return [...this.lines()].flatMap((block) => block.toString().split('\n').slice(0, -1));
  }

  /** All of them, one a line, in blocks of many lines. */
  lines(): readonly Buffer[] {
    this.close();
    return this.blocks;
  }

  private close(): void {
    if (this.block.length > 0) this.blocks.push(Buffer.from(`${this.block.join('\n')}\n`));
    this.block = [];
    this.blockBytes = 0;
  }
}
