import { AppError } from '../../core/errors';
import { isTroubled } from '../../core/services/isTroubled';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import type { OfferedTool, ToolRun } from '../../core/ports/toolServer';
import { diagnosisLines } from '../diagnosis/diagnosisText';
import { errorsLines } from '../diagnosis/errorsText';
import type { Run } from '../run/run';
import { tracesLines } from '../traces/tracesText';
import { treeLines } from '../traces/traceTree';
import { migrationLines } from '../view/migrationView';
import { statusJson } from '../view/snapshotJson';
import { worktreeFacts, worktreeName, worktreeView, serviceWords } from '../view/worktreeView';
import { databaseAgentTools } from './databaseAgentTools';
import { digest } from './digest';
import type { EnvironmentTool, ToolPorts } from './environmentTool';
import { readArguments } from './readArguments';

const service = { type: 'string', description: 'service of coppice.yaml' } as const;

/** All that an agent may call in a worktree: none takes the name of another one, and none approves what a repository runs. */
export function environmentTools(ports: ToolPorts, folder: string): readonly OfferedTool[] {
  let own: string | undefined;
  return [...ownTools(ports), ...databaseAgentTools(ports)].map(({ answer, ...tool }) => ({
    ...tool,
    call: async (given, run) => {
      const read = readArguments(tool, given);
      const path = await ports.worktrees.path(folder, run.signal);
      own ??= path;
      // Where its worktree is gone, the one around its folder is not meant in its place.
      if (path !== own) throw new AppError('notFound', `The worktree ${own}, which this was started in, is gone.`);
      return answer(read, { folder: path, run: quietRun(run) });
    },
  }));
}

function ownTools(ports: ToolPorts): readonly EnvironmentTool[] {
  return [
    {
      name: 'where',
      description: 'This worktree and its environment: health, services, URLs, database, what git says. Begin here.',
      ...{ takes: {}, changes: false },
      answer: async (_, { folder, run }) => {
        const snapshot = await ports.snapshots.read(folder, run.signal);
        const entry = entryOf(snapshot, folder);
        const whole = JSON.stringify(statusJson(entry, snapshot), undefined, 1).split('\n');
        return digest(whereLines(entry, snapshot), await ports.kept.keep(folder, 'where', whole));
      },
    },
    {
      name: 'why',
      description:
        'Why the environment is unhealthy: the likely cause, its evidence, the command that mends it. Before reading logs.',
      ...{ takes: {}, changes: false },
      answer: async (_, { folder, run }) => {
        const diagnosis = await ports.diagnosis.why({ folder }, run);
        return digest(diagnosisLines({ ...diagnosis, file: undefined }), diagnosis.file);
      },
    },
    {
      name: 'logs',
      description:
        "Errors that services printed, each kind once with count and times, or the last lines of one service. All lines are in the answer's file.",
      takes: { service, last: { type: 'integer', description: 'last lines instead of errors', maximum: 100 } },
      changes: false,
      answer: async ({ service: name, last }, { folder, run }) => {
        if (last !== undefined && name === undefined)
          throw new AppError('invalidInput', '"last" needs "service": the last lines of which one?');
        const errors = await ports.diagnosis.errors({ folder, service: name as string | undefined }, run);
        if (last === undefined) return digest(errorsLines({ ...errors, file: undefined }, 30), errors.file);
        // The newest first: what does not fit is older.
        return digest(['The newest line first:', ...errors.lastLines.slice(-Number(last)).reverse()], errors.file);
      },
    },
    {
      name: 'traces',
      description:
        'Requests of the last hour as told to Jaeger: counts and times by route; with "only" what failed or was slow, with "id" one as a tree.',
      takes: {
        only: { type: 'string', description: '"failed" or "slow"' },
        id: { type: 'string', description: "a trace's id" },
      },
      changes: false,
      answer: async ({ only, id }, { folder, run }) => {
        if (id !== undefined) {
          const { trace, file } = await ports.diagnosis.trace({ folder, id: String(id) }, run);
          return digest(treeLines(trace), file);
        }
        if (only !== undefined && only !== 'failed' && only !== 'slow')
          throw new AppError('invalidInput', '"only" is "failed" or "slow".');
        const isFailed = only === 'failed';
        const found = await ports.diagnosis.traces({ folder, isFailed, lengthMs: 60 * 60_000 }, run);
        const order = isFailed ? 'failures' : only === 'slow' ? 'slowest' : 'roots';
        return digest(tracesLines({ ...found, file: undefined }, order), found.file);
      },
    },
    {
      name: 'restart',
      description:
        'Restarts a service and waits until it is ready or fails. A changed coppice.yaml needs "coppice create" in a terminal instead.',
      ...{ takes: { service: { ...service, isNeeded: true } }, changes: true },
      answer: async ({ service: name }, { folder, run }) => {
        const entry = entryOf(await ports.snapshots.read(folder, run.signal), folder);
        const known = entry.environment?.services.map((each) => each.name) ?? [];
        if (entry.environment && !known.includes(String(name)))
          throw new AppError(
            'notFound',
            `There is no service ${JSON.stringify(String(name).slice(0, 63))}. There are: ${known.join(', ')}.`,
          );
        const { ready, services } = await ports.services.restart({ folder, path: folder, service: String(name) }, run);
        const bad = services.filter(isTroubled).map((each) => `${each.name}: ${serviceWords(each)}`);
        return digest(
          [ready ? `${String(name)} is ready.` : `${String(name)} is not ready: "why" says more.`, ...bad],
          undefined,
        );
      },
    },
    {
      name: 'setup',
      description:
        'Runs the setup commands of coppice.yaml again, as far as what they read has changed. Only what a person approved before.',
      ...{ takes: { force: { type: 'boolean', description: 'run all of them' } }, changes: true },
      answer: async ({ force }, { folder, run }) => {
        const { ran, logs } = await ports.environments.setup({ folder, force: force === true }, run);
        return digest(
          [ran === 0 ? 'Nothing that they read has changed: none has run.' : `${ran} have run, and well.`],
          logs.at(-1),
        );
      },
    },
    {
      name: 'migrations',
      description:
        "Which of the branch's migrations the database lacks; with run, runs migrate of coppice.yaml on this environment's database (approved before).",
      ...{ takes: { run: { type: 'boolean', description: 'run them' } }, changes: true },
      answer: async ({ run: isRun }, { folder, run }) => {
        const { status, migrate } = ports.databases;
        const told = await (isRun === true ? migrate : status)({ folder }, run);
        const whole = JSON.stringify(told, undefined, 1).split('\n');
        return digest(migrationLines(told), await ports.kept.keep(folder, 'migrations', whole));
      },
    },
  ];
}

/** Nobody is asked: what is not approved is refused. */
function quietRun({ signal, report }: ToolRun): Run {
  return {
    signal,
    report: ({ title, detail, finished, total }) =>
      report(detail === undefined ? title : `${title}: ${detail}`, finished, total),
  };
}

function entryOf({ entries }: Snapshot, path: string): WorktreeEntry {
  const entry = entries.find(({ worktree }) => worktree.path === path);
  if (!entry) throw new AppError('notFound', `${path} is no worktree any more.`);
  return entry;
}

function whereLines(entry: WorktreeEntry, snapshot: Snapshot): string[] {
  const view = worktreeView(entry, snapshot);
  const { identity, environment, worktree, status } = entry;
  return [
    `${worktreeName(entry)}: ${worktreeFacts(view, entry).join(', ')}`,
    `folder: ${worktree.path}`,
    ...(view.why === undefined ? [] : [view.why]),
    ...(identity
      ? [`namespace: ${identity.names.namespace}`]
      : ['No environment: "coppice create" in a terminal makes one.']),
    ...view.parts.map(({ title, name }) => `${title}: ${name}`),
    ...(environment?.services ?? []).map((each) => `${each.name}: ${serviceWords(each)} ${each.urls[0] ?? ''}`.trim()),
    ...(status?.lastCommit ? [`last commit: ${status.lastCommit.subject}`] : []),
  ];
}
