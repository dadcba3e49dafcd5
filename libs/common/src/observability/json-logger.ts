import type { LoggerService } from '@nestjs/common';
import { pino, type Logger as Pino } from 'pino';
import { readLogContext } from './log-context.js';
import { renderPretty } from './pretty-log.js';

export interface LogSettings {
  service: string;
  level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  format: 'json' | 'pretty';
}

/** Nest tells of each module and route at every start: of interest only when something is wrong with the wiring. */
const WIRING = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'NestMicroservice',
  'RouterExplorer',
  'RoutesResolver',
]);

/**
 * The sink behind Nest's `Logger`: one JSON line per event on standard output. Write a constant message and the facts
 * as an object: `logger.log('chunk finished', { emails, ms })`. An Error among the arguments becomes `err`.
 */
export class JsonLogger implements LoggerService {
  readonly #pino: Pino;

  constructor({ service, level, format }: LogSettings) {
    const options = {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'message',
      formatters: { level: (label: string) => ({ level: label }) },
    };
    this.#pino =
      format === 'pretty'
        ? pino(options, { write: (line) => process.stdout.write(renderPretty(line)) })
        : pino(options);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.#write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  /** Nest appends the logger's context as the last string; a stack may come before it. */
  #write(level: 'debug' | 'info' | 'warn' | 'error' | 'fatal', message: unknown, rest: unknown[]): void {
    const last = rest.at(-1);
    if (level === 'info' && WIRING.has(String(last))) return this.#write('debug', message, rest);
    if (!this.#pino.isLevelEnabled(level)) return;
    const facts: Record<string, unknown> = { ...readLogContext() };
    if (typeof last === 'string') facts.context = last;
    for (const value of [message, ...rest]) {
      if (value instanceof Error) facts.err = describe(value);
      else if (typeof value === 'object' && value !== null) Object.assign(facts, value);
    }
    this.#pino[level](facts, message instanceof Error ? message.message : textOf(message));
  }
}

/** Name, message, code and stack; not the object itself, which may hold a query's parameters or a whole response. */
function describe(error: Error): Record<string, unknown> {
  const { code } = error as { code?: unknown };
  const cause = error.cause instanceof Error ? `${error.cause.name}: ${error.cause.message}` : undefined;
  return { type: error.name, message: error.message, code, stack: error.stack, cause };
}

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : '';
}
