import { FakeDatabases } from '../../support/fakes/fakeDatabases';
import { databasesContract, type DatabasesUnderTest } from './databasesContract';
import { repositoryDatabasesContract } from './repositoryDatabasesContract';
import { replacingContract } from './replacingContract';
import { snapshotsContract } from './snapshotsContract';

const fake = new FakeDatabases();
const underTest = (): DatabasesUnderTest => ({
  databases: fake,
  inventory: () => Promise.resolve([...fake.held.keys()].sort()),
  createForeign: (name) => Promise.resolve(void fake.held.set(name, { kind: 'foreign' })),
  makeTables: () => Promise.resolve(),
  insert: (database, table, rows) =>
    Promise.resolve(void fake.written.set(database, [...(fake.written.get(database) ?? []), { table, rows }])),
});
databasesContract('the fake', underTest);
snapshotsContract('the fake', underTest);
replacingContract('the fake', underTest);
repositoryDatabasesContract('the fake', underTest);
