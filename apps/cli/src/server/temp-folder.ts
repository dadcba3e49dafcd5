import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that only this user can read (mkdtemp makes it so) and that is gone at the end. */
export class TempFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'gleaner-'));

  /** Synchronous, so that it also works in the last moment of the process. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 });
  }
}
