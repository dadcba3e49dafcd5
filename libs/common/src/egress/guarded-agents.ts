import http from 'node:http';
import https from 'node:https';
import type { RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { LookupFunction } from 'node:net';
import type { EgressGuard } from './egress-guard.js';

/** A connection that is not open by then never will be; the whole fetch has its own, longer, deadline. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Idle sockets are dropped before the usual server (5 s) drops them, so that fewer reused ones turn out dead. */
const IDLE_SOCKET_MS = 4_000;
/** What axios sets for every request: with another value here, each fetch would switch it back and forth (two system calls). */
const TCP_KEEP_ALIVE_MS = 60_000;

type DialOptions = RequestOptions & { lookup?: LookupFunction };
type DialCallback = (error: Error | null, stream: Duplex) => void;
type Dial = (options: DialOptions, callback?: DialCallback) => Duplex | null | undefined;

/** The pair of agents every outgoing request goes through: no socket opens unless the guard lets it. */
export class GuardedAgents {
  readonly http: http.Agent;
  readonly https: https.Agent;

  constructor(guard: EgressGuard, options: { keepAlive: boolean }) {
    const settings = { keepAlive: options.keepAlive, keepAliveMsecs: TCP_KEEP_ALIVE_MS, timeout: IDLE_SOCKET_MS };
    this.http = new GuardedHttpAgent(guard, settings);
    this.https = new GuardedHttpsAgent(guard, settings);
  }

  destroy(): void {
    this.http.destroy();
    this.https.destroy();
  }
}

class GuardedHttpAgent extends http.Agent {
  constructor(
    private readonly guard: EgressGuard,
    settings: http.AgentOptions,
  ) {
    super(settings);
  }

  override createConnection(options: DialOptions, callback?: DialCallback): Duplex | null | undefined {
    return dialGuarded(this.guard, options, callback, (guarded, done) => super.createConnection(guarded, done));
  }
}

class GuardedHttpsAgent extends https.Agent {
  constructor(
    private readonly guard: EgressGuard,
    settings: https.AgentOptions,
  ) {
    super(settings);
  }

  override createConnection(options: DialOptions, callback?: DialCallback): Duplex | null | undefined {
    return dialGuarded(this.guard, options, callback, (guarded, done) => super.createConnection(guarded, done));
  }
}

function dialGuarded(
  guard: EgressGuard,
  options: DialOptions,
  callback: DialCallback | undefined,
  dial: Dial,
): Duplex | null | undefined {
  try {
    const lookup = guard.guardDial(options.host ?? 'localhost', Number(options.port));
    const socket = dial({ ...options, lookup }, callback);
    if (socket) limitConnecting(socket);
    return socket;
  } catch (error) {
    if (callback === undefined) throw error;
    callback(error as Error, undefined as unknown as Duplex);
    return undefined;
  }
}

function limitConnecting(socket: Duplex): void {
  const giveUp = (): void => {
    socket.destroy(Object.assign(new Error('connect timed out'), { code: 'ERR_CONNECT_TIMEOUT' }));
  };
  const timer = setTimeout(giveUp, CONNECT_TIMEOUT_MS);
  const stop = (): void => clearTimeout(timer);
  socket.once('connect', stop).once('close', stop);
}
