import { traitsOf } from '../../../core/clusterTraits';
import { commandWord } from '../../../core/text/commandWord';
import type { EnvironmentFile, FillingSpec, UsedSpec } from '../../../core/environmentFile';
import type { Identity } from '../../../core/model';
import { usedVariables } from '../../../core/uses/usedVariables';
import { runCommand } from '../commands/runCommand';
import { toldByFile } from '../commands/toldByFile';
import { clusterPart } from './clusterPart';
import { withoutDatabase } from './commandVariables';
import { copyPart } from './copyPart';
import { dependenciesPart } from './dependenciesPart';
import { firstPatchPart } from './firstPatchPart';
import { migratePart } from './migratePart';
import { namespacePart } from './namespacePart';
import { definePart, type MakeRun } from './part';
import { prepareUsed, programOf, undoPrepared, type PreparedNotes } from './preparedUsed';
import { patchPart } from './patchPart';
import { releasePart } from './releasePart';
import { setupPart } from './setupPart';
import { templatePart } from './templatePart';
import { beginAsTemplate } from './usedTemplate';
import { usesPart } from './usesPart';
import { portText, variablesOf } from './variables';
import { worktreePart } from './worktreePart';

/** The data that services which an environment uses begin with, where commands of the repository make them. They go with `usesPart`. */
export const usedDataPart = definePart({
  id: 'usedData',
  // The commands are the worktree's, and need what its others make.
  after: [
    ...[namespacePart, clusterPart, usesPart, worktreePart],
    ...[copyPart, firstPatchPart, dependenciesPart, setupPart],
  ],
  before: [migratePart, patchPart, releasePart],
  sometimesBefore: [templatePart],
  title: ({ file, cluster }) => {
    const names = filled(file).map(({ name }) => name);
    return traitsOf(cluster).runsImages
      ? `Leave ${names.join(', ')} empty: its migrate and seed run on the embedded cluster`
      : `Fill ${names.join(', ')}, or copy what was filled before`;
  },
  wanted: ({ file }) => filled(file).length > 0,
  notes: (): PreparedNotes => ({ made: [] }),
  async make(run, notes) {
    const { identity } = run.made(namespacePart);
    const services = filled(run.prepared.file);
    if (traitsOf(identity.cluster).runsImages) return { value: undefined };
    const details: string[] = [];
    for (const each of services) details.push(`${each.name}: ${await makeData(run, identity, each, notes)}`);
    return { value: undefined, detail: details.join(', ') };
  },
  undo: undoPrepared,
});

type Filled = UsedSpec & { readonly filling: FillingSpec };

function filled({ uses = [] }: Pick<EnvironmentFile, 'uses'>): readonly Filled[] {
  return uses.flatMap(({ filling, ...spec }) => (filling === undefined ? [] : [{ ...spec, filling }]));
}

/** @returns what is there then, for a person */
async function makeData(
  run: MakeRun<typeof namespacePart | typeof worktreePart>,
  identity: Identity,
  spec: Filled,
  notes: PreparedNotes,
): Promise<string> {
  const { ports, prepared, made, signal } = run;
  if (!ports.usedTemplates.canBeMade) {
    const isNew = await prepareUsed(run, identity, spec.name, notes);
    return isNew
      ? 'empty, since this system ends programs without a word: nothing of them is copied'
      : keptText(prepared, spec);
  }
  const { worktree } = made(worktreePart);
  let isBuilt = false;
  const isNew = await prepareUsed(run, identity, spec.name, notes, async (data) => {
    const template = {
      ...{ spec, repositoryId: identity.owner.repositoryId, folder: worktree.path },
      commit: worktree.head,
      program: programOf(prepared, spec.name).program,
    };
    const fill = (numbers: Readonly<Record<string, number>>): Promise<void> =>
      runFilling(run, identity, spec, { folder: worktree.path, ports: numbers });
    isBuilt = await beginAsTemplate(ports, template, data, { fill, tell: run.tell }, signal);
  });
  if (!isNew) return keptText(prepared, spec);
  return isBuilt ? 'from a template, built' : 'from a template';
}

/** Nobody knows whether its commands bear data that are there: whoever wrote them does. */
function keptText({ file }: MakeRun['prepared'], { filling: { migrate } }: Filled): string {
  if (!migrate) return 'as it was';
  const words = migrate.map(commandWord).join(' ');
  // Its variables lead to the service, and it runs in the same folder.
  const from = file.services.find(({ uses, once, folder }) => !uses && !once && folder === undefined);
  const how = from ? `coppice exec ${from.name} -- ${words}` : `${words}, in a terminal of the worktree`;
  return `as it was, its migrate not run: ${how}`;
}

async function runFilling(
  { ports, prepared: { repository, target, file }, parts, tell, signal }: MakeRun,
  identity: Identity,
  { name, tool, filling }: Filled,
  server: { readonly folder: string; readonly ports: Readonly<Record<string, number>> },
): Promise<void> {
  const settings = ports.settings();
  const recorded = identity.parts.uses?.services[name];
  // The server's own ports instead of the environment's, where nothing runs yet.
  const told = usedVariables({ services: { [name]: { ...recorded, tool, ports: server.ports } } }, 'machine');
  const variables = {
    ...variablesOf(parts, {
      ...{ identity, branch: target.branch, settings, mainFolder: repository.root },
      urlPort: portText(await ports.cluster.urlPort()),
    }),
    ...withoutDatabase(file),
    ...told,
    ...toldByFile(file, told),
  };
  const { migrate, seed, timeout } = filling;
  for (const [key, command] of Object.entries({ migrate, seed })) {
    if (!command) continue;
    await runCommand(
      ports,
      { command, env: {}, timeout, inputs: undefined },
      {
        ...{ place: `uses.${name}.${key}`, timeoutPlace: `uses.${name}.timeout`, folder: server.folder },
        ...{ timeoutSeconds: settings['setup.timeout'], name: identity.names.slug, variables, tell },
      },
      signal,
    );
  }
}
