import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { mustRun, note } from './run.mjs';

const POLICY = '/usr/sbin/policy-rc.d';

export const canInstallPackages = () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

/** Installs Debian packages without letting their scripts start a server on its standard port. */
export async function installPackages(packages) {
  note(`installing Debian packages: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const hasPolicy = existsSync(POLICY); // where there is one (containers), it says no already
  if (!hasPolicy) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await mustRun('apt-get', ['update', '-q'], { env });
    await mustRun('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], { env });
  } finally {
    if (!hasPolicy) rmSync(POLICY, { force: true });
  }
}
