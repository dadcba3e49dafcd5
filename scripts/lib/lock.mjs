import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { note, root } from './run.mjs';

const WAIT_LIMIT_MS = 15 * 60_000;

/**
 * One launcher at a time installs or builds in this folder. The lock is a directory that holds one file named after
 * its owner's pid, put in place by one rename: it never exists without its owner's name. A dead owner's file is
 * removed by that name, so a live lock cannot be taken away by mistake; the empty directory left is free to replace.
 */
export async function withLock(work) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const lock = join(tmpdir(), `gleaner-${name}.lock`);
  await acquire(lock);
  try {
    return await work();
  } finally {
    rmSync(join(lock, String(process.pid)), { force: true });
    try {
      rmdirSync(lock);
    } catch {
      // The next owner has already put its own in this place.
    }
  }
}

async function acquire(lock) {
  const deadline = Date.now() + WAIT_LIMIT_MS;
  for (let told = false; ; told = true) {
    if (tryAcquire(lock)) return;
    const [owner] = readOwner(lock);
    if (owner && !isAlive(Number(owner))) {
      rmSync(join(lock, owner), { force: true });
      continue;
    }
    if (!told) note(`waiting for another launcher (pid ${owner ?? 'unknown'})`);
    if (Date.now() > deadline)
      throw new Error(`${lock} is still held by pid ${owner}; remove it if that is no launcher of this project`);
    await sleep(200);
  }
}

function tryAcquire(lock) {
  const own = mkdtempSync(`${lock}-`);
  writeFileSync(join(own, String(process.pid)), '');
  try {
    renameSync(own, lock); // POSIX: replaces an empty directory, refuses one that holds an owner.
    return true;
  } catch (error) {
    rmSync(own, { recursive: true });
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code)) return false;
    throw error;
  }
}

function readOwner(lock) {
  try {
    return readdirSync(lock);
  } catch {
    return [];
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
