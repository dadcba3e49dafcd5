import { CliError } from '../cli-error.js';

/** `application/problem+json` as the gateway sends it. */
export interface ProblemBody {
  status: number;
  title?: string;
  detail?: string;
  code?: string;
  traceId?: string;
  errors?: { pointer: string; detail: string }[];
}

/** The server has refused a request, in its own words. */
export class ApiError extends CliError {
  override name = 'ApiError';
  readonly status: number;

  constructor(problem: ProblemBody) {
    super(describeProblem(problem), { hint: adviseOn(problem.status) });
    this.status = problem.status;
  }
}

/** No answer at all. */
export class UnreachableError extends CliError {
  override name = 'UnreachableError';
  constructor(url: string, cause: unknown) {
    super(`no answer from ${url} (${reasonOf(cause)})`, {
      cause,
      hint: 'Start a server with `npm start`, or name a running one with --url or GLEANER_URL. `gleaner doctor` tells more.',
    });
  }
}

/** The most items of one problem that are shown. */
const MAX_ITEMS = 20;

function describeProblem({ status, title, detail, traceId, errors = [] }: ProblemBody): string {
  const summary = detail ?? title ?? `the server answered ${status}`;
  const items = errors.slice(0, MAX_ITEMS).map((item) => `  ${item.pointer || '(body)'}: ${item.detail}`);
  if (errors.length > MAX_ITEMS) items.push(`  … and ${errors.length - MAX_ITEMS} more`);
  const trace = status >= 500 && traceId ? ` (traceId ${traceId})` : '';
  return [`${summary}${trace}`, ...items].join('\n');
}

function adviseOn(status: number): string | undefined {
  if (status === 401)
    return 'Give a valid key with --key or GLEANER_API_KEY. The server prints its first key once, when it starts.';
  if (status === 403) return 'The key lacks the right to do this: use one with another scope.';
  if (status === 404) return 'Look at `gleaner jobs list`: jobs of another account are not shown.';
  if (status === 409) return 'Look at `gleaner jobs show <id>` for the state that it is in.';
  if (status === 413) return 'The request is too large: split the list of sites into several jobs.';
  if (status === 429) return 'Too many requests with this key: wait a little and try again.';
  if (status === 503) return 'The server cannot reach its database at the moment: try again shortly.';
  return undefined;
}

/** The cause of a failed `fetch` hides two levels down, and a refused connection to a name with two addresses deeper still. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'timed out';
  const { code } = error as NodeJS.ErrnoException;
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return code === 'ECONNREFUSED' ? 'connection refused' : (code ?? error.message);
}
