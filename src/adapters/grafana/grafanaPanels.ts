import { environmentDashboardUid } from '../../core/dashboards/environmentPanels';
import { isAbort } from '../../core/errors';
import type { PanelSource, PanelSourceState } from '../../core/ports/panelSource';
import { ask, type Answer } from './ask';
import { framingRefusal } from './framing';

const patienceMs = 5000;

/** Asks Grafana's HTTP API (grafana.com/docs, "Other HTTP API" and "Dashboard HTTP API") before a page frames it. */
export class GrafanaPanels implements PanelSource {
  readonly #patienceMs: number;

  /** @param patience milliseconds that it may take to answer */
  constructor(patience = patienceMs) {
    this.#patienceMs = patience;
  }

  async check(address: string, ancestors: readonly string[], signal: AbortSignal): Promise<PanelSourceState> {
    const base = URL.parse(address);
    if (!base || !/^https?:$/.test(base.protocol))
      return { state: 'foreign', reason: `${JSON.stringify(address)} is no http or https address` };
    const timeout = AbortSignal.timeout(this.#patienceMs);
    const either = AbortSignal.any([signal, timeout]);
    try {
      return (await unwell(base, either)) ?? (await unframed(base, ancestors, either)) ?? { state: 'ready' };
    } catch (error) {
      signal.throwIfAborted();
      return { state: 'away', reason: timeout.aborted || isAbort(error) ? 'it does not answer' : reasonOf(error) };
    }
  }
}

async function unwell(base: URL, signal: AbortSignal): Promise<PanelSourceState | undefined> {
  const health = await ask(below(base, 'api/health'), signal);
  if (isLogin(health)) return { state: 'wantsLogin' };
  const elsewhere = redirection(health);
  if (elsewhere !== undefined) return { state: 'foreign', reason: `it sends on to ${elsewhere}` };
  const told = objectOf(health.body);
  if (health.status >= 500)
    return told && 'database' in told
      ? { state: 'away', reason: 'its database fails' }
      : { state: 'away', reason: `HTTP status ${health.status}` };
  if (health.status !== 200) return { state: 'foreign', reason: `HTTP status ${health.status}` };
  return told && 'database' in told ? undefined : { state: 'foreign', reason: 'it does not speak as Grafana does' };
}

async function unframed(
  base: URL,
  ancestors: readonly string[],
  signal: AbortSignal,
): Promise<PanelSourceState | undefined> {
  const [dashboard, panel] = await Promise.all([
    ask(below(base, `api/dashboards/uid/${environmentDashboardUid}`), signal),
    ask(below(base, `d-solo/${environmentDashboardUid}/environment?panelId=1`), signal),
  ]);
  // First: who would have to log in may find the frame refused as well, and that would be said after the login only.
  const refusal = framingRefusal(panel.headers, ancestors);
  if (refusal !== undefined) return { state: 'refusesFrames', header: refusal };
  if (isLogin(panel) || isLogin(dashboard)) return { state: 'wantsLogin' };
  if (dashboard.status === 404 || panel.status === 404) return { state: 'lacksDashboard' };
  const elsewhere = redirection(panel);
  if (elsewhere !== undefined) return { state: 'foreign', reason: `it sends on to ${elsewhere}` };
  const failed = [dashboard, panel].find(({ status }) => status >= 400);
  return failed && { state: 'away', reason: `HTTP status ${failed.status}` };
}

/** A login of Grafana's own, or of a proxy before it, which sends to a page of that kind. */
function isLogin(answer: Answer): boolean {
  const { status } = answer;
  return status === 401 || status === 403 || /login|signin|sign-in|auth|sso/i.test(redirection(answer) ?? '');
}

function redirection({ status, headers }: Answer): string | undefined {
  return status >= 300 && status < 400 ? headers['location'] : undefined;
}

function below(base: URL, path: string): URL {
  return new URL(path, `${base.origin}${base.pathname.replace(/\/*$/, '/')}`);
}

function objectOf(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'there is no such host',
  ECONNRESET: 'it closes the connection',
  EHOSTUNREACH: 'there is no way to that host',
};

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return words[code] ?? (code || (error instanceof Error ? error.message : String(error)));
}

/** Several addresses that were tried fail together, each with a code of its own. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
