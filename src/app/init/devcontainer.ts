import { isPlainList, isPlainMapping, type PlainValue } from '../../core/proposedFile';
import type { LeftOut } from './shared/candidate';
import { jsonWithComments } from './jsonWithComments';
import { folderOf, pathInRepository } from './shared/paths';

export interface DevcontainerFacts {
  readonly file: string;
  /** What it runs once a container is there; each a command. */
  readonly setup: readonly (string | readonly string[])[];
  readonly ports: readonly number[];
  readonly composeFiles: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

const inEnv = 'are variables of the container; what a service needs of them goes under its env';

const reasons: Readonly<Record<string, string>> = {
  image: 'services run on this machine; a service in a container has an image of its own',
  build: 'services run on this machine; a service in a container has a build of its own',
  features: 'tools are those of this machine',
  containerEnv: inEnv,
  remoteEnv: inEnv,
  customizations: 'settings of an editor are no part of an environment',
  forwardPorts: 'each service has an address of its own; a port that is not one of a service is not forwarded',
};

/** What `.devcontainer/devcontainer.json` says that an environment has as well. */
export function readDevcontainer(file: string, text: string): DevcontainerFacts {
  const json = jsonWithComments(text);
  const value: Readonly<Record<string, unknown>> = isPlainMapping(json) ? json : {};
  const of = (key: string): PlainValue | undefined => (isPlainMapping(json) ? json[key] : undefined);
  const compose = of('dockerComposeFile');
  const files = (isPlainList(compose) ? compose : compose === undefined ? [] : [compose]).map(String);
  const taken = new Set([
    'name',
    '$schema',
    'dockerComposeFile',
    'service',
    'workspaceFolder',
    'postCreateCommand',
    'onCreateCommand',
    'updateContentCommand',
  ]);
  return {
    file,
    setup: ['onCreateCommand', 'updateContentCommand', 'postCreateCommand'].flatMap((key) => commands(of(key))),
    ports: [of('forwardPorts')].flatMap((list) => (isPlainList(list) ? list.map(Number).filter(Number.isInteger) : [])),
    composeFiles: files.flatMap((path) => pathInRepository(folderOf(file), path) ?? []),
    leftOut: Object.keys(value)
      .filter((key) => !taken.has(key))
      .map((key) => ({ file, path: key, reason: reasons[key] ?? 'is about the container that an editor works in' })),
  };
}

/** A text is a shell's, a list is a program's, and a mapping names several of both. */
function commands(value: PlainValue | undefined): (string | readonly string[])[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value];
  if (isPlainList(value)) return [value.map(String)];
  return isPlainMapping(value) ? Object.values(value).flatMap(commands) : [];
}
