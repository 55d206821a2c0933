import { connectDatabases } from '../../databases/databaseReach';
import { verifyDatabaseServer } from '../../databases/verifyDatabaseServer';
import { hasInfraDatabases } from '../../infra/recordedInfra';
import { definePart } from './part';

/** Where databases are. It is there for others, too: nothing of it is taken back or removed. */
export const databaseServerPart = definePart({
  id: 'server',
  title: 'Start PostgreSQL',
  wanted: ({ file }) => file.database !== undefined,
  async verify({ ports, file }) {
    const settings = ports.settings();
    const { identity } = ports.cluster;
    // Pods reach infra's by its name, unless the person says otherwise.
    const isKnown =
      settings['postgres.podAddress'] === '' && (await hasInfraDatabases(ports.infra, identity, settings));
    if (!isKnown) verifyDatabaseServer(identity, settings, file);
  },
  async make({ ports, signal }) {
    await connectDatabases(ports, signal);
    return { value: undefined };
  },
});
