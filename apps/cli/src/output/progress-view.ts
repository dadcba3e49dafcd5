import { SingleBar } from 'cli-progress';
import type { ProgressSnapshot } from '#common/contracts/job-progressed.contract.js';
import { isFinding } from '#common/contracts/source-spec.js';
import { plural } from './plural.js';
import type { Terminal } from './terminal.js';

const MAX_BAR = 30;
const MIN_BAR = 5;
const LINE_INTERVAL_MS = 2000;

/** Shows how a job gets on, on stderr: a bar on a terminal, else a plain line every now and then. */
export interface ProgressView {
  update(progress: ProgressSnapshot): void;
  stop(): void;
}

/** `sourceType` as in the job: of some the number of sites grows while they are visited. */
export function createProgressView(terminal: Terminal, sourceType: string): ProgressView {
  return terminal.err.isTTY ? new ProgressBar(terminal, sourceType) : new ProgressLines(terminal, sourceType);
}

class ProgressBar implements ProgressView {
  private latest: ProgressSnapshot | undefined;
  private readonly bar: SingleBar;

  constructor(terminal: Terminal, sourceType: string) {
    const format = (): string => drawBar(this.latest, terminal.err.columns ?? 80, sourceType);
    // Signals are handled in one place for the whole command, not by the bar.
    this.bar = new SingleBar({ stream: terminal.err, format, gracefulExit: false, linewrap: null });
    this.bar.start(100, 0);
  }

  update(progress: ProgressSnapshot): void {
    this.latest = progress;
    this.bar.update(progress.percent);
  }

  stop(): void {
    this.bar.stop();
  }
}

class ProgressLines implements ProgressView {
  private lastLine = '';
  private lastAt = 0;

  constructor(
    private readonly terminal: Terminal,
    private readonly sourceType: string,
  ) {}

  update(progress: ProgressSnapshot): void {
    const line = describeProgress(progress, this.sourceType);
    const isDue = Date.now() - this.lastAt >= LINE_INTERVAL_MS || progress.percent === 100;
    if (line === this.lastLine || !isDue) return;
    this.terminal.note(line);
    this.lastLine = line;
    this.lastAt = Date.now();
  }

  stop(): void {}
}

/** One line of the terminal, never wider: facts are left out from the end, then the bar gets shorter. */
export function drawBar(progress: ProgressSnapshot | undefined, width: number, sourceType: string): string {
  if (!progress) return 'waiting for the first progress …'.slice(0, width - 1);
  const head = `${String(progress.percent).padStart(3)}%`;
  const facts = factsOf(progress, sourceType);
  const lengthOf = (parts: string[]): number => [head, ...parts].join('  ').length;
  while (facts.length > 0 && lengthOf(facts) + MIN_BAR + 2 > width) facts.pop();
  const size = Math.max(0, Math.min(MAX_BAR, width - lengthOf(facts) - 2));
  const done = Math.round((size * progress.percent) / 100);
  return [`${'█'.repeat(done)}${'░'.repeat(size - done)}`, head, ...facts].join('  ').trimStart();
}

export function describeProgress(progress: ProgressSnapshot, sourceType: string): string {
  return [`${progress.percent}%`, ...factsOf(progress, sourceType)].join(', ');
}

/** The most important fact first. */
function factsOf(progress: ProgressSnapshot, sourceType: string): string[] {
  const eta = progress.percent === 100 ? '' : `ETA ${formatSeconds(progress.etaSeconds)}`;
  return [
    plural(progress.emails, 'e-mail'),
    plural(progress.pages, 'page'),
    describeSites(progress, sourceType),
    `${progress.emailsPerSecond.toFixed(1)}/s`,
    eta,
  ].filter((fact) => fact !== '');
}

/** A share of all sites only where all are known: else both numbers grow. */
function describeSites({ sites, sitesTotal, percent }: ProgressSnapshot, sourceType: string): string {
  if (!isFinding(sourceType)) return `${sites}/${sitesTotal} sites`;
  if (sitesTotal === 0 && percent < 100) return 'looking for sites';
  return `${plural(sitesTotal, 'site')} found, ${sites} done`;
}

/** `–` while nobody can tell. */
export function formatSeconds(seconds: number | null): string {
  if (seconds === null) return '–';
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.round(seconds % 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
}
