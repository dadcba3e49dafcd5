import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Bytes that one direction of one connection keeps before it stops reading. */
const MAX_HELD = 256 * 1024;
/** How often a throttled direction passes its share, ms. */
const SLICE_MS = 20;

interface Target {
  host: string;
  port: number;
}

/** `up` is what clients send, `down` what they are answered. */
type Way = 'up' | 'down';

/** What is wrong with a link at the moment. */
class LinkState {
  readonly blocked = new Set<Way>();
  delayMs = 0;
  bytesPerSecond = Number.POSITIVE_INFINITY;
  private readonly changes = new EventEmitter().setMaxListeners(0);

  block(...ways: Way[]): void {
    for (const way of ways) this.blocked.add(way);
  }

  clear(): void {
    this.blocked.clear();
    this.delayMs = 0;
    this.bytesPerSecond = Number.POSITIVE_INFINITY;
    this.changes.emit('clear');
  }

  async whenOpen(way: Way, signal: AbortSignal): Promise<void> {
    while (this.blocked.has(way)) await once(this.changes, 'clear', { signal });
  }
}

/**
 * A TCP proxy on loopback before one server, that breaks the link as networks and servers do. Faults last until `heal`
 * and apply to the connections there are and to new ones. What is held back is bounded: a sender is made to wait.
 */
export class FaultProxy {
  private server?: Server;
  private listeningAt = 0;
  private readonly state = new LinkState();
  private readonly links = new Set<Link>();

  constructor(private readonly target: Target) {}

  /** A proxy before the server of a URL. */
  static before(url: string, defaultPort: number): FaultProxy {
    const { hostname, port } = new URL(url);
    return new FaultProxy({ host: hostname, port: Number(port || defaultPort) });
  }

  /** Known once opened, and the same from then on. */
  get port(): number {
    return this.listeningAt;
  }

  get connections(): number {
    return this.links.size;
  }

  /** The same URL through this proxy. */
  urlOf(url: string): string {
    const own = new URL(url);
    own.hostname = '127.0.0.1';
    own.port = String(this.port);
    return own.href;
  }

  async open(): Promise<void> {
    if (this.server) return;
    this.server = this.listeningAt === 0 ? await this.listenAnywhere() : await this.listen(this.listeningAt);
    this.listeningAt = (this.server.address() as AddressInfo).port;
  }

  /** Breaks every connection and refuses new ones, for good or until `open`. */
  async close(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    const closed = server && new Promise((resolve) => server.close(resolve));
    for (const link of this.links) link.destroy();
    await closed;
  }

  /** The server's process is gone: every connection ends, new ones are refused. */
  cut(): Promise<void> {
    return this.close();
  }

  /** Every connection ends with a RST; new ones pass. */
  reset(): void {
    for (const link of this.links) link.reset();
  }

  /** A cable is pulled: connections stay, new ones are accepted and reach nobody, no byte and no end passes. */
  blackHole(): void {
    this.state.block('up', 'down');
  }

  /** What clients send arrives, answers do not. */
  halfOpen(): void {
    this.state.block('down');
  }

  /** Every byte is late by so much, in each direction. */
  delay(ms: number): void {
    this.state.delayMs = ms;
  }

  /** Of each direction of each connection. */
  throttle(bytesPerSecond: number): void {
    this.state.bytesPerSecond = bytesPerSecond;
  }

  /**
   * All is well again. What was held back goes on, as TCP sends again what was lost: connections whose ends are still
   * there resume, and what a process sent before its death arrives, with the end of its connection behind it.
   */
  async heal(): Promise<void> {
    this.state.clear();
    await this.open();
  }

  private async listenAnywhere(): Promise<Server> {
    for (;;) {
      try {
        // Below the ephemeral ports: there a client that retries can connect to itself and keep the port.
        return await this.listen(20_000 + Math.floor(Math.random() * 12_000));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      }
    }
  }

  private async listen(port: number): Promise<Server> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      const link = new Link(client, this.target, this.state, () => this.links.delete(link));
      this.links.add(link);
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }
}

/** One connection through the proxy. */
class Link {
  private upstream?: Socket;
  private readonly ending = new AbortController();

  constructor(
    private readonly client: Socket,
    private readonly target: Target,
    private readonly state: LinkState,
    private readonly onEnd: () => void,
  ) {
    client.on('error', () => undefined);
    this.connect().catch(() => this.destroy());
  }

  destroy(): void {
    this.end((socket) => socket.destroy());
  }

  reset(): void {
    this.end((socket) => socket.resetAndDestroy());
  }

  private end(how: (socket: Socket) => void): void {
    this.ending.abort();
    how(this.client);
    if (this.upstream) how(this.upstream);
    this.onEnd();
  }

  private async connect(): Promise<void> {
    await this.state.whenOpen('up', this.ending.signal);
    this.upstream = connect({ ...this.target, allowHalfOpen: true, noDelay: true });
    this.upstream.on('error', () => undefined);
    const { signal } = this.ending;
    await Promise.all([
      new Pump(this.client, this.upstream, { way: 'up', state: this.state, signal }).run(),
      new Pump(this.upstream, this.client, { way: 'down', state: this.state, signal }).run(),
    ]);
    this.destroy();
  }
}

interface PumpOptions {
  way: Way;
  state: LinkState;
  signal: AbortSignal;
}

/** Carries one direction, in order, and its end behind the last byte. */
class Pump {
  private readonly queue: { data: Buffer; dueAt: number }[] = [];
  private readonly arrivals = new EventEmitter();
  private heldBytes = 0;
  private hasEnded = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly options: PumpOptions,
  ) {
    from.on('data', (data: Buffer) => {
      this.queue.push({ data, dueAt: performance.now() + options.state.delayMs });
      this.heldBytes += data.length;
      if (this.heldBytes >= MAX_HELD) from.pause();
      this.arrivals.emit('news');
    });
    const end = (): void => {
      this.hasEnded = true;
      this.arrivals.emit('news');
    };
    from.on('end', end).on('close', end);
  }

  /** Resolves when the sender's end was passed on; rejects when the connection breaks. */
  async run(): Promise<void> {
    const { way, state, signal } = this.options;
    for (;;) {
      if (this.queue.length === 0 && !this.hasEnded) await once(this.arrivals, 'news', { signal });
      await state.whenOpen(way, signal);
      const next = this.queue.shift();
      if (next) await this.pass(next.data, next.dueAt);
      else if (this.hasEnded) break;
    }
    // Ended by an error, not by its own will: so does the other side.
    if (!this.from.readableEnded) throw new Error('connection lost');
    this.to.end();
  }

  private async pass(data: Buffer, dueAt: number): Promise<void> {
    const { signal, state } = this.options;
    const wait = dueAt - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal });
    for (let start = 0; start < data.length;) {
      const share = Math.ceil((state.bytesPerSecond * SLICE_MS) / 1000);
      const slice = data.subarray(start, start + Math.min(share, data.length));
      await this.send(slice);
      start += slice.length;
      if (Number.isFinite(share)) await sleep((slice.length / state.bytesPerSecond) * 1000, undefined, { signal });
    }
    this.heldBytes -= data.length;
    if (this.heldBytes < MAX_HELD) this.from.resume();
  }

  private async send(data: Buffer): Promise<void> {
    if (this.to.destroyed) throw new Error('nobody to send to');
    if (!this.to.write(data)) await once(this.to, 'drain', { signal: this.options.signal });
  }
}
