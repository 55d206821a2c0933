import { AppError, isAppError } from '../../core/errors';
import type {
  NewPullRequest,
  ProposedBranches,
  PullRequest,
  PullRequestChecks,
  PullRequests,
} from '../../core/ports/pullRequests';
import { exec } from '../exec/exec';
import { installationHelp, type Installable } from '../exec/installationHelp';
import { firstCommand } from '../../core/installationCommand';

const fields = ['number', 'url', 'isDraft', 'statusCheckRollup', 'isCrossRepository', 'headRepositoryOwner'];
const mostOfOneName = 50;
const mostOfAll = 100;
const timeoutMs = 60_000;
const maxOutputBytes = 4 * 1024 * 1024;
/** "a command requires authentication": `gh help exit-codes`, gh 2.23. */
const notLoggedIn = 4;

const commands = {
  brew: 'brew install gh',
  'apt-get': 'sudo apt-get install gh',
  dnf: 'sudo dnf install gh',
  zypper: 'sudo zypper install gh',
  pacman: 'sudo pacman -S github-cli',
  apk: 'sudo apk add github-cli',
  winget: 'winget install --id GitHub.cli --exact',
};
const installable: Installable = {
  ...{ name: 'gh', page: 'https://cli.github.com' },
  commandOf: (present) => firstCommand(commands, process.platform, present),
};

/** By GitHub's own program, with the account that a person has given it: Coppice knows no token. */
export class GhPullRequests implements PullRequests {
  /** @param env the person's own: `process.env` */
  constructor(private readonly env: Readonly<Record<string, string | undefined>>) {}

  /** `gh pr list` with the fields of gh 2.23 and newer; a branch that is called as a number is one here, where `gh pr view` means a request. */
  async find(
    folder: string,
    { branch, base, owner }: ProposedBranches,
    signal?: AbortSignal,
  ): Promise<PullRequest | undefined> {
    // Of every fork that has a branch of this name: `--head` takes no owner here.
    const argv = ['pr', 'list', `--head=${branch}`, `--base=${base}`, '--state=open', `--limit=${mostOfOneName}`];
    const output = await this.#run(folder, [...argv, `--json=${fields.join()}`], signal);
    return parseList(output, owner)[0]?.request;
  }

  async listOpen(
    folder: string,
    owner: string | undefined,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, PullRequest>> {
    const argv = ['pr', 'list', '--state=open', `--limit=${mostOfAll}`, `--json=${[...fields, 'headRefName'].join()}`];
    const all = parseList(await this.#run(folder, argv, signal), owner);
    // Of several of one branch that is told which is newest, as gh lists them.
    return new Map(all.toReversed().map(({ branch, request }) => [branch, request]));
  }

  async open(
    folder: string,
    { branch, base, owner, title, body }: NewPullRequest,
    signal?: AbortSignal,
  ): Promise<string> {
    // With --head it neither pushes nor forks.
    const head = owner === undefined ? branch : `${owner}:${branch}`;
    const argv = ['pr', 'create', `--head=${head}`, `--base=${base}`, `--title=${title}`, `--body=${body}`];
    const output = await this.#run(folder, argv, signal);
    const address = output.split(/\r?\n/).findLast((line) => /^https?:\/\/\S+$/.test(line));
    if (address !== undefined) return address;
    throw new AppError('failed', 'gh opened a pull request, and did not say where.', { explanation: output.trim() });
  }

  async #run(cwd: string, argv: readonly string[], signal?: AbortSignal): Promise<string> {
    // With them gh colours what it prints for programs, too.
    const { CLICOLOR_FORCE: _, GH_FORCE_TTY: __, ...own } = this.env;
    const env = { ...own, GH_PROMPT_DISABLED: '1', GH_NO_UPDATE_NOTIFIER: '1', NO_COLOR: '1' };
    const { stdout, stderr, exitCode } = await exec(
      { file: 'gh', argv, cwd, env, timeoutMs, maxOutputBytes },
      signal,
    ).catch(async (error: unknown) => {
      if (!isAppError(error, 'missingTool')) throw error;
      const { text, remedy } = await installationHelp(installable, this.env);
      throw new AppError(
        'missingTool',
        `Pull requests are opened by GitHub's program gh, which is not on the PATH. ${text}`,
        {
          ...{ remedy, cause: error },
        },
      );
    });
    if (exitCode === 0) return stdout;
    const said = stderr.trim();
    if (exitCode === notLoggedIn)
      throw new AppError('denied', 'gh is logged in nowhere that knows this repository: "gh auth login" does that.', {
        ...{
          explanation: said,
          remedy: { title: 'Log In', action: { kind: 'typeCommand', command: 'gh auth login' } },
        },
      });
    throw new AppError('failed', `gh: ${said.split('\n', 1)[0] || `it ended with exit code ${exitCode}`}`, {
      explanation: said,
    });
  }
}

/** @param owner whose repository has their branches */
function parseList(
  output: string,
  owner: string | undefined,
): { readonly branch: string; readonly request: PullRequest }[] {
  let told: unknown;
  try {
    told = JSON.parse(output);
  } catch {
    throw new AppError('failed', 'gh answered with something else than pull requests.', {
      explanation: output.slice(0, 2000),
    });
  }
  const all = (Array.isArray(told) ? (told as unknown[]) : []).filter(isObject);
  return all
    .filter((each) => isOf(each, owner))
    .flatMap(({ number, url, isDraft, statusCheckRollup, headRefName }) =>
      typeof number === 'number' && typeof url === 'string' && /^https?:\/\//.test(url)
        ? {
            branch: textIn(headRefName),
            request: { number, url, isDraft: isDraft === true, checks: parseChecks(statusCheckRollup) },
          }
        : [],
    );
}

/** One of somebody else's fork has the same branch name, and none of these commits. */
function isOf(
  { isCrossRepository, headRepositoryOwner }: Readonly<Record<string, unknown>>,
  owner: string | undefined,
): boolean {
  if (owner === undefined) return isCrossRepository !== true;
  const login = isObject(headRepositoryOwner) ? textIn(headRepositoryOwner['login']) : '';
  return login.toLowerCase() === owner.toLowerCase();
}

const passing = ['SUCCESS', 'NEUTRAL', 'SKIPPED'];
const failing = ['FAILURE', 'ERROR', 'CANCELLED', 'TIMED_OUT', 'ACTION_REQUIRED', 'STARTUP_FAILURE'];

/** Check runs have a conclusion once they are completed, commit statuses a state: GitHub's GraphQL schema, `StatusCheckRollupContext`. */
function parseChecks(rollup: unknown): PullRequestChecks {
  const all = (Array.isArray(rollup) ? (rollup as unknown[]) : []).filter(isObject);
  const failed: string[] = [];
  let passed = 0;
  let pending = 0;
  for (const { name, context, conclusion, state } of all) {
    const verdict = textIn(conclusion) || textIn(state);
    if (passing.includes(verdict)) passed += 1;
    else if (failing.includes(verdict)) failed.push(textIn(name) || textIn(context) || 'a check');
    else pending += 1;
  }
  return { passed, pending, failed };
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
