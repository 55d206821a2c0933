import { AppError } from '../../../src/core/errors';
import type { Owner } from '../../../src/core/model';
import type { KeptData, UsedBy, UsedData, UsedOne, UsedServices } from '../../../src/core/ports/usedServices';
import { usedByFile } from '../../../src/core/uses/usedByFile';
import { usedTools } from '../../../src/core/uses/usedTools';
import type { LocalProgram, UsedPlace, UsedToolName } from '../../../src/core/usedTool';

/** A machine with every program, but for those in `missing`; folders by their path, each with the names of its files. */
export class FakeUsedServices implements UsedServices {
  readonly missing = new Set<UsedToolName>();
  /** Folders in which nothing was to be found. */
  worktrees: readonly string[] = [];
  readonly makers = new Map<string, string>();
  readonly folders = new Map<string, Set<string>>();
  readonly #begun = new Set<string>();
  readonly #usedBy = new Map<string, UsedBy>();

  async find(service: string, tool: UsedToolName, worktrees: readonly string[]): Promise<LocalProgram> {
    this.worktrees = worktrees;
    const { title, local } = usedTools[tool];
    const [kind = ''] = local.programs;
    if (this.missing.has(tool))
      throw new AppError(
        'missingTool',
        `coppice.yaml: uses.${service} is ${title}, and there is no ${kind} on this machine. To install it: get ${kind}.`,
      );
    const helpers = (local.helpers?.(kind) ?? []).map((name) => [name, `/usr/bin/${name}`] as const);
    return { program: `/usr/bin/${kind}`, kind, helpers: Object.fromEntries(helpers), isRoot: false };
  }

  place({ owner, service, tool }: UsedOne): UsedPlace {
    const own = `${placeOf(owner)}/${service}.${tool}`;
    return { data: `${own}/data`, beside: (name) => `${own}/${name}` };
  }

  async prepare(
    one: UsedOne,
    kind: string,
    files: Readonly<Record<string, string>>,
    fill: ((data: string) => Promise<void>) | undefined,
  ): Promise<boolean> {
    const { data } = this.place(one);
    const own = data.slice(0, -'/data'.length);
    const isNew = !this.folders.has(data);
    const before = this.makers.get(data);
    if (!isNew && before !== undefined && before !== kind)
      throw new AppError('conflict', `coppice.yaml: the data of uses.${one.service} were written by ${before}`);
    this.makers.set(data, kind);
    if (isNew) await fill?.(`${data}.begun`);
    this.folders.set(own, new Set(Object.keys(files)));
    const usedBy = files[usedByFile];
    if (usedBy !== undefined) this.#usedBy.set(placeOf(one.owner), JSON.parse(usedBy) as UsedBy);
    if (isNew) this.folders.set(data, new Set());
    return isNew;
  }

  /** What is there from the beginning: nothing of it counts as written. */
  begin(one: UsedOne, file: string): void {
    this.#begun.add(`${this.place(one).data}/${file}`);
  }

  /** As a server does. */
  write(one: UsedOne, file: string): void {
    this.folders.get(this.place(one).data)?.add(file);
  }

  async written(owner: Owner): Promise<readonly UsedData[]> {
    const beginning = `${placeOf(owner)}/`;
    return [...this.folders].flatMap(([folder, files]) => {
      const [name = '', rest] = folder.startsWith(beginning) ? folder.slice(beginning.length).split('/') : [];
      const [service = '', tool = ''] = name.split('.');
      if (rest !== 'data') return [];
      if (!isTool(tool)) return files.size > 0 ? [{ service, tool }] : [];
      return [...files].some((file) => usedTools[tool].isWritten?.(`data/${file}`, 1)) ? [{ service, tool }] : [];
    });
  }

  async kept(): Promise<readonly KeptData[]> {
    const found = new Map<string, KeptData>();
    for (const path of [...this.folders.keys()].sort()) {
      const [, folder = '', repositoryId = '', worktreeId = '', service = '', tool = ''] =
        /^(\/uses\/(\w+)-(\w+))\/(\w+)\.(\w+)\/data$/.exec(path) ?? [];
      if (folder === '') continue;
      const services = [...(found.get(folder)?.services ?? []), { service, tool }];
      found.set(folder, { owner: { repositoryId, worktreeId }, folder, services, place: this.#usedBy.get(folder) });
    }
    return [...found.values()];
  }

  async remove(owner: Owner, service?: string): Promise<void> {
    const beginning = `${placeOf(owner)}/${service === undefined ? '' : `${service}.`}`;
    for (const folder of this.folders.keys()) if (folder.startsWith(beginning)) this.folders.delete(folder);
  }
}

function placeOf({ repositoryId, worktreeId }: Owner): string {
  return `/uses/${repositoryId}-${worktreeId}`;
}

function isTool(name: string): name is UsedToolName {
  return Object.hasOwn(usedTools, name);
}
