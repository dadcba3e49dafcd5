import { waitFor } from './wait-for.js';

export interface ReceivedEvent {
  id?: string;
  event: string;
  data: { status?: string; version?: number; [key: string]: unknown };
}

/** Follows a stream of server-sent events and keeps everything that came, comments included. */
export class EventReader {
  readonly events: ReceivedEvent[] = [];
  readonly comments: string[] = [];
  retryMs: number | null = null;
  isClosed = false;
  private readonly abort = new AbortController();
  private rest = '';

  static async open(
    url: string,
    headers: Record<string, string>,
  ): Promise<{ response: Response; reader: EventReader }> {
    const reader = new EventReader();
    const response = await fetch(url, { headers, signal: reader.abort.signal });
    void reader.read(response);
    return { response, reader };
  }

  ofType(event: string): ReceivedEvent[] {
    return this.events.filter((received) => received.event === event);
  }

  waitForEvent(event: string): Promise<ReceivedEvent> {
    return waitFor(() => this.ofType(event).at(-1), { message: `event ${event}` });
  }

  close(): void {
    this.abort.abort();
  }

  private async read(response: Response): Promise<void> {
    try {
      const decoder = new TextDecoder();
      for await (const bytes of response.body ?? []) {
        const blocks = (this.rest + decoder.decode(bytes, { stream: true })).split('\n\n');
        this.rest = blocks.pop() ?? '';
        for (const block of blocks) this.take(block.split('\n'));
      }
    } catch {
      // Closed by us or cut off: `isClosed` says so.
    }
    this.isClosed = true;
  }

  private take(lines: string[]): void {
    const field = (name: string): string | undefined =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const [comment, retry, id, event, data] = ['', 'retry', 'id', 'event', 'data'].map(field);
    if (comment !== undefined) this.comments.push(comment);
    if (retry !== undefined) this.retryMs = Number(retry);
    if (event !== undefined)
      this.events.push({ ...(id === undefined ? {} : { id }), event, data: JSON.parse(data ?? '{}') });
  }
}
