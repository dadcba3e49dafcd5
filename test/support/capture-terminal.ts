import { Writable } from 'node:stream';
import { Terminal } from '../../apps/cli/src/output/terminal.js';

class Capture extends Writable {
  text = '';
  isTTY = false;
  columns = 100;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A terminal whose two streams can be read afterwards. */
export function captureTerminal(): { terminal: Terminal; out: Capture; err: Capture } {
  const [out, err] = [new Capture(), new Capture()];
  return { terminal: new Terminal(out, err), out, err };
}
