import { chown, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_MARK } from '@coppice/host/runMark';
import { folderAnnotation } from '../contract';
import type { ProcessGroupOptions } from '../process/processGroup';
import type { ProcessWatch } from '../process/processWatch';
import { MARK, type Launcher } from '../process/runMarks';
import type { KubeObject } from '../schema/kubeObject';
import { beneath, besideProxy } from './callerVariables';
import { hostEnvironment } from './hostEnvironment';
import type { PodFolders } from './podFolders';
import type { ProcessContainer } from './processContainer';
import { userOf } from './userOf';
import { withinWorkspace } from './withinWorkspace';

export interface PlaceParts {
  watch: ProcessWatch;
  /** Starts processes so that they are known wherever they go, where this machine has such a thing. */
  launcher: Launcher | undefined;
  /** What a namespace's pods have beneath their own variables. */
  callerSecret(namespace: string): KubeObject | undefined;
}

/** Where the processes of a container run, with which variables, and as whom. */
export class ContainerPlace {
  constructor(
    private readonly parts: PlaceParts,
    private readonly folders: PodFolders,
  ) {}

  /** How a process of the container is started. @param number that it is known by */
  async optionsOf(
    container: ProcessContainer,
    command: string,
    args: readonly string[],
    number: string,
  ): Promise<ProcessGroupOptions> {
    // Without HOSTNAME: the pod's name resolves to nothing on this machine, and there are servers that listen at what it says.
    const env = { ...this.variablesOf(container), [MARK]: this.parts.watch.mark, [RUN_MARK]: number };
    const user = userOf(container.sandbox.pod?.spec?.securityContext, container.config.sourceContainer.securityContext);
    const folder = await this.folderOf(container);
    const made = await this.folders.known(container.podUid);
    if (folder === made && user.uid !== undefined) await chown(folder, user.uid, user.gid ?? user.uid);
    return { command, args, folder, env, launcher: this.parts.launcher?.(number), ...user };
  }

  variablesOf(container: ProcessContainer): Record<string, string> {
    const secret = this.parts.callerSecret(container.sandbox.metadata.namespace);
    return besideProxy(beneath(hostEnvironment(), secret), container.config.env ?? {});
  }

  async folderOf(container: ProcessContainer): Promise<string> {
    const annotated = container.sandbox.pod?.metadata?.annotations?.[folderAnnotation];
    const { workingDir } = container.config;
    if (annotated) return join(annotated, withinWorkspace(workingDir));
    if (workingDir && (await isFolder(workingDir))) return workingDir;
    return this.folders.of(container.podUid);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path)
    .then((found) => found.isDirectory())
    .catch(() => false);
}
