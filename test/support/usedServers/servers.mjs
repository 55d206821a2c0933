// Servers of the tools that `uses` names, as Debian packages them: those of its release on this machine, and of its newest one.

/** `folders`: of what its packages hold, where its programs are; the first has the program by which `uses` finds it.
 * @typedef {{ tool: string, program: string, packages: readonly string[], folders: readonly string[], only?: 'newest' }} UsedServer
 */

/** @type {readonly UsedServer[]} */
export const usedServers = [
  { tool: 'redis', program: 'redis-server', packages: ['redis-server'], folders: ['usr/bin'] },
  { tool: 'valkey', program: 'valkey-server', packages: ['valkey-server'], folders: ['usr/bin'], only: 'newest' },
  { tool: 'memcached', program: 'memcached', packages: ['memcached'], folders: ['usr/bin'] },
  { tool: 'nats', program: 'nats-server', packages: ['nats-server'], folders: ['usr/sbin'] },
  {
    tool: 'mariadb',
    program: 'mariadbd',
    // What it makes a data folder by is in the client's package.
    packages: ['mariadb-server-core', 'mariadb-client-core'],
    folders: ['usr/sbin', 'usr/bin'],
  },
  {
    tool: 'mysql',
    program: 'mysqld',
    packages: ['mysql-server-core', 'mysql-client-core'],
    folders: ['usr/sbin', 'usr/bin'],
    only: 'newest',
  },
  {
    tool: 'rabbitmq',
    program: 'rabbitmq-server',
    packages: ['rabbitmq-server'],
    // Erlang's.
    folders: ['usr/lib/rabbitmq/bin', 'usr/bin'],
  },
];
