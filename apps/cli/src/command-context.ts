import type { Terminal } from './output/terminal.js';
import type { Interruption } from './server/interruption.js';

/** What every command works with; a command leaves its exit code here. */
export interface CommandContext {
  terminal: Terminal;
  interruption: Interruption;
  exitCode: number;
}
