import type { LocalRun, LocalTool, UsedAddress, UsedTool } from '../usedTool';
import { addressVariables } from './addressVariables';

const loopback = '127.0.0.1';
const databaseName = 'app';

const isMariadb = ({ kind }: LocalRun): boolean => kind.startsWith('maria');

/** Both take nearly the same arguments, and on many systems one is called by the other's name. */
const mysqlProgram = (programs: readonly string[]): LocalTool => ({
  programs,
  helpers: (kind) => (kind.startsWith('maria') ? ['mariadb-install-db'] : []),
  folders: { after: ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/opt/mysql/bin', '/usr/local/mysql/bin'] },
  files: { 'init.sql': `CREATE DATABASE IF NOT EXISTS ${databaseName};\n`, 'files/.keep': '' },
  prepare: (run) =>
    isMariadb(run)
      ? [
          ...[run.helper('mariadb-install-db'), '--no-defaults', `--datadir=${run.data}`],
          ...['--auth-root-authentication-method=normal', '--skip-test-db'],
          // As a package does it: else, told of a user, it gives that user what the system's own server needs.
          ...(run.isRoot ? ['--user=root', '--rpm'] : []),
        ]
      : [run.program, '--no-defaults', '--initialize-insecure', `--datadir=${run.data}`, files(run), ...asRoot(run)],
  command: (run) => [
    ...[
      run.program,
      '--no-defaults',
      `--datadir=${run.data}`,
      `--bind-address=${loopback}`,
      `--port=${run.port('mysql')}`,
    ],
    // Beneath the data: a path of a socket may have a hundred letters.
    ...['--socket=mysql.sock', `--pid-file=${run.beside('pid')}`, `--init-file=${run.beside('init.sql')}`],
    // MariaDB keeps what is written in memory and in its log, while it has room: `isWritten` would see nothing of it until its end.
    ...(isMariadb(run) ? ['--innodb-max-dirty-pages-pct=0'] : ['--mysqlx=OFF', files(run)]),
    ...asRoot(run),
  ],
  // MySQL 9.7: auto.cnf has the UUID of the server. MariaDB 10.11 and 11.8 have none.
  template: { version: ['--no-defaults', '--version'], own: ['auto.cnf'] },
});

/** From where statements read files, and whereto they write them. By itself it is a folder of the system's server, without which none starts. */
function files({ beside }: LocalRun): string {
  return `--secure-file-priv=${beside('files')}`;
}

function asRoot({ isRoot }: LocalRun): string[] {
  return isRoot ? ['--user=root'] : [];
}

const mysql: Omit<UsedTool, 'title' | 'local' | 'container' | 'installation'> = {
  ports: { mysql: 3306 },
  main: 'mysql',
  variables: (at) => ({
    ...addressVariables(at('mysql'), mysqlUrl(at('mysql'))),
    USER: 'root',
    PASSWORD: '',
    DATABASE: databaseName,
  }),
  known: ({ URL, HOST, PORT, USER, PASSWORD, DATABASE }) => ({
    ...{ MYSQL_URL: URL, MYSQL_HOST: HOST, MYSQL_PORT: PORT, MYSQL_USER: USER, MYSQL_PASSWORD: PASSWORD },
    MYSQL_DATABASE: DATABASE,
  }),
  isDatabase: true,
  isWritten: (path) => /^data\/(?!mysql\/|sys\/|performance_schema\/|#)[^/]+\/(?!db\.opt$)/.test(path),
};

function mysqlUrl({ host, port }: UsedAddress): string {
  return `mysql://root@${host}:${port}/${databaseName}`;
}

/** Databases besides PostgreSQL. */
export const databaseTools: Readonly<Record<'mysql' | 'mariadb' | 'mongodb', UsedTool>> = {
  mysql: {
    ...mysql,
    title: 'MySQL',
    local: mysqlProgram(['mysqld', 'mariadbd']),
    container: {
      image: 'mysql:8.4.8',
      env: { MYSQL_ALLOW_EMPTY_PASSWORD: 'yes', MYSQL_DATABASE: databaseName },
      data: '/var/lib/mysql',
    },
    installation: {
      commands: {
        brew: 'brew install mysql',
        // Debian gives MariaDB by that name, which speaks the same language.
        'apt-get': 'sudo apt-get install default-mysql-server',
        dnf: 'sudo dnf install mysql-server',
        zypper: 'sudo zypper install mariadb',
        pacman: 'sudo pacman -S mariadb',
        apk: 'sudo apk add mariadb',
        winget: 'winget install --id Oracle.MySQL --exact',
      },
      page: 'https://dev.mysql.com/doc/refman/8.4/en/installing.html',
    },
  },
  mariadb: {
    ...mysql,
    title: 'MariaDB',
    local: mysqlProgram(['mariadbd']),
    container: {
      image: 'mariadb:11.8.3',
      env: { MARIADB_ALLOW_EMPTY_ROOT_PASSWORD: 'yes', MARIADB_DATABASE: databaseName },
      data: '/var/lib/mysql',
    },
    installation: {
      commands: {
        brew: 'brew install mariadb',
        'apt-get': 'sudo apt-get install mariadb-server',
        dnf: 'sudo dnf install mariadb-server',
        zypper: 'sudo zypper install mariadb',
        pacman: 'sudo pacman -S mariadb',
        apk: 'sudo apk add mariadb',
        winget: 'winget install --id MariaDB.Server --exact',
      },
      page: 'https://mariadb.com/docs/server/server-management/install-and-upgrade-mariadb',
    },
  },
  mongodb: {
    title: 'MongoDB',
    ports: { mongodb: 27017 },
    main: 'mongodb',
    variables: (at) =>
      addressVariables(at('mongodb'), `mongodb://${at('mongodb').host}:${at('mongodb').port}/${databaseName}`),
    known: ({ URL }) => ({ MONGODB_URI: URL, MONGODB_URL: URL, MONGO_URI: URL, MONGO_URL: URL }),
    isDatabase: true,
    local: {
      programs: ['mongod'],
      // A folder a database, so that what is in it is told from what it makes for itself.
      command: ({ program, port, data }) => [
        ...[program, '--bind_ip', loopback, '--port', port('mongodb'), '--dbpath', data, '--directoryperdb'],
        ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
        // By itself its files have what is written a minute later, and `isWritten` looks at no journal.
        ...['--syncdelay', '1'],
      ],
      // MongoDB 8.0: both say which process has the folder. The second is made where it is missing, as that of a copied folder.
      template: { version: ['--version'], own: ['mongod.lock', 'WiredTiger.lock'] },
    },
    container: { image: 'mongo:8.0.17', data: '/data/db' },
    isWritten: (path) => /^data\/(?!admin\/|config\/|local\/|journal\/|diagnostic\.data\/|_tmp\/)[^/]+\//.test(path),
    installation: {
      commands: {
        brew: 'brew install mongodb/brew/mongodb-community',
        winget: 'winget install --id MongoDB.Server --exact',
      },
      page: 'https://www.mongodb.com/docs/manual/administration/install-community/',
    },
  },
};
