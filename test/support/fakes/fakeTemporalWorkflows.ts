import { isSameOwner } from '../../../src/core/clusters/isSameOwner';
import type { Owner } from '../../../src/core/model';
import type { OwnedNamespace, TemporalWorkflows } from '../../../src/core/ports/temporalWorkflows';
import type { TemporalNews } from '../../../src/core/temporalNews';

/** A server with namespaces in memory. */
export class FakeTemporalWorkflows implements TemporalWorkflows {
  isAway = false;
  readonly held = new Map<string, { owner: Owner | 'foreign'; running: number; failed: number }>();
  /** Names that were asked for, a line for each question. */
  readonly asked: string[] = [];

  async read(namespaces: readonly OwnedNamespace[], signal: AbortSignal): Promise<ReadonlyMap<string, TemporalNews>> {
    signal.throwIfAborted();
    this.asked.push(namespaces.map(({ name }) => name).join(' '));
    return new Map(namespaces.map((each) => [each.name, this.#newsOf(each)]));
  }

  #newsOf({ name, owner }: OwnedNamespace): TemporalNews {
    if (this.isAway) return { state: 'away', why: 'Temporal does not answer at 127.0.0.1:7233' };
    const found = this.held.get(name);
    if (!found) return { state: 'missing', why: `its namespace ${name} is not in Temporal at 127.0.0.1:7233` };
    if (found.owner === 'foreign' || !isSameOwner(found.owner, owner))
      return { state: 'missing', why: `the namespace ${name} in Temporal at 127.0.0.1:7233 is somebody else’s` };
    const { running, failed } = found;
    return { state: 'told', running, failed, page: `http://127.0.0.1:8233/namespaces/${name}/workflows` };
  }
}
