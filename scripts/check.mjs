// npm run check: format, lint, import boundaries, types, unit tests. One line per step; the output of a failing step.
import { SOURCES, install, prepare } from './lib/prepare.mjs';
import { bin, note, run, seconds } from './lib/run.mjs';
import { runVitest } from './lib/vitest.mjs';

const startedAt = performance.now();
// The build is the type check: the same compiler run, and its result is ready for `npm test`.
async function build() {
  const problems = await prepare({ quiet: true });
  return { code: problems ? 1 : 0, output: problems };
}

const tool = (name, ...args) => run(bin(name), args);

async function runSteps(steps) {
  let failures = 0;
  for (const [name, work] of steps) {
    const start = performance.now();
    const { code, output, passed } = await work();
    const count = passed === undefined ? '' : ` (${passed} passed)`;
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name}${count}, ${seconds(start)}`);
    if (code === 0) continue;
    console.log(output.trimEnd());
    failures++;
  }
  return failures;
}

await install();
const failures = await Promise.all([
  runSteps([
    ['types', build],
    ['lint', () => tool('oxlint', '--type-aware', '--deny-warnings', '--report-unused-disable-directives')],
    ['import boundaries', () => tool('depcruise', '--no-progress', ...SOURCES)],
    ['unused code and dependencies', () => tool('knip', '--no-progress')],
    ['format', () => tool('prettier', '--check', '--cache', '--log-level=warn', '.')],
  ]),
  runSteps([['unit tests', () => runVitest(['apps', 'libs'])]]),
]);
const failed = failures[0] + failures[1];
note(`${failed === 0 ? 'all good' : `${failed} of 6 steps failed`}, took ${seconds(startedAt)}`);
process.exitCode = failed === 0 ? 0 : 1;
