/** One thing that was looked at: in order, or with a problem and what to do about it. */
export interface Check {
  name: string;
  /** What was found, where all is well. */
  found?: string;
  problem?: string;
  advice?: string;
}

const MIN_NODE: readonly [number, number] = [20, 19];

export function checkNode(version = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isRecent = major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1]);
  const name = 'Node';
  if (isRecent) return { name, found: version };
  return { name, problem: `${version} is too old`, advice: `Install Node ${MIN_NODE.join('.')} or newer.` };
}
