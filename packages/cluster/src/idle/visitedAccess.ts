import type { Duplex } from 'node:stream';
import type { Visits } from '../gateway/visits';
import type { ObjectStore } from '../store/objectStore';
import type { PodAccess } from '../streams/podAccess';

/** The same ways into pods; whoever goes them visits the pod's namespace, for as long as the program or the connection lasts. */
export function visitedAccess(access: PodAccess, visits: Visits, objects: ObjectStore): PodAccess {
  return {
    async start(container, command, options) {
      const end = visits.begin(container.namespace);
      try {
        const program = await access.start(container, command, options);
        void program.ended.finally(end);
        return program;
      } catch (error) {
        end();
        throw error;
      }
    },
    async connect(podUid, port): Promise<Duplex> {
      const connection = await access.connect(podUid, port);
      const pod = objects.list('Pod').items.find(({ metadata }) => metadata.uid === podUid);
      if (pod) connection.once('close', visits.begin(pod.metadata.namespace ?? ''));
      return connection;
    },
  };
}
