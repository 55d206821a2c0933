import { basename } from 'node:path';
import { AppError, isAppError } from '../../../core/errors';
import { isObject } from '../../../core/records/isObject';
import { exec } from '../../exec/exec';

/** Options of a request, whether of HTTP or of a WebSocket. */
interface TakesCredentials {
  cert?: unknown;
  key?: unknown;
  headers?: object | undefined;
}

/** What it answered: client.authentication.k8s.io ExecCredential, the part that counts. */
interface Answered {
  readonly token: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** Milliseconds since the epoch; undefined: as long as the server takes them. */
  readonly until: number | undefined;
}

/** Somebody may be logging in meanwhile, in a browser. */
const patienceMs = 120_000;
const maxOutputBytes = 1024 * 1024;

/**
 * The program that a kubeconfig's user names for credentials. It runs once for all who need them at the same time, with nothing to
 * read: one that asks hears that nobody is there. Who waits for it gives up when their time is over, and it goes on for a while: a login
 * that it waits for then serves the next one.
 */
export class CredentialPlugin {
  #answered: Answered | undefined;
  #running: Promise<Answered> | undefined;

  /** @param entry `exec` of a kubeconfig's user, as it is written */
  constructor(private readonly entry: Readonly<Record<string, unknown>>) {}

  get #name(): string {
    return JSON.stringify(basename(textOf(this.entry['command']) ?? ''));
  }

  /** Puts them into a request. @throws missingTool, denied, timeout, failed; nothing that it printed as an answer is told */
  async apply(options: TakesCredentials): Promise<void> {
    const { token, certificate, key } = await this.#current();
    if (certificate !== undefined) options.cert = certificate;
    if (key !== undefined) options.key = key;
    if (token === undefined) return;
    options.headers = { ...options.headers, Authorization: `Bearer ${token}` };
  }

  async #current(): Promise<Answered> {
    const known = this.#answered;
    if (known && (known.until === undefined || known.until - Date.now() > 0)) return known;
    const running = (this.#running ??= this.#ask().finally(() => (this.#running = undefined)));
    this.#answered = await running;
    return this.#answered;
  }

  async #ask(): Promise<Answered> {
    const { args, env } = this.entry;
    const file = textOf(this.entry['command']);
    if (file === undefined) throw new AppError('invalidInput', 'The kubeconfig names no program for its credentials.');
    const argv = Array.isArray(args) ? args.map(String) : [];
    const variables = Array.isArray(env) ? env.filter(isObject) : [];
    const own = Object.fromEntries(variables.map(({ name, value }) => [String(name), String(value)]));
    // It does not outlive who asks.
    const ending = new AbortController();
    const onExit = (): void => ending.abort();
    process.once('exit', onExit);
    const request = { file, argv, env: { ...process.env, ...own }, timeoutMs: patienceMs, maxOutputBytes };
    try {
      const { exitCode, stdout, stderr } = await exec(request, ending.signal);
      if (exitCode === 0) return this.#understood(stdout);
      throw new AppError('denied', `${this.#name} ended with exit code ${exitCode}.`, {
        explanation: stderr.trim(),
      });
    } catch (error) {
      throw isAppError(error, 'missingTool') ? this.#missing(error) : error;
    } finally {
      process.off('exit', onExit);
    }
  }

  /** What cannot be understood may be a token all the same. */
  #understood(text: string): Answered {
    const status = parsed(text)?.['status'];
    const said = isObject(status) ? status : {};
    const until = Date.parse(String(said['expirationTimestamp']));
    const answered = {
      token: textOf(said['token']),
      certificate: textOf(said['clientCertificateData']),
      key: textOf(said['clientKeyData']),
      until: said['expirationTimestamp'] ? until : undefined,
    };
    if (answered.token !== undefined || answered.certificate !== undefined) return answered;
    throw new AppError('failed', `${this.#name} has printed no credentials.`);
  }

  #missing(error: AppError): AppError {
    const hint = textOf(this.entry['installHint'])?.trim();
    const { message, explanation } = error;
    return new AppError('missingTool', message, {
      explanation: [explanation, hint].filter(Boolean).join('\n'),
      cause: error,
    });
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
