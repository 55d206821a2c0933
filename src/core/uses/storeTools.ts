import { addressVariables } from './addressVariables';
import type { LocalTool, UsedTool } from '../usedTool';

const loopback = '127.0.0.1';

/** Those that every example has: whoever reaches its port is on this machine, or in this environment. */
const minioSettings = { MINIO_BROWSER: 'off', MINIO_ROOT_USER: 'minioadmin', MINIO_ROOT_PASSWORD: 'minioadmin' };

/** It takes half of the machine's memory by itself. */
const searchMemory = '-Xms512m -Xmx512m';

const redisProgram = (programs: readonly string[]): LocalTool => ({
  programs,
  // Every write is in the file before the answer of a second later: what a stop, or a crash, leaves is what was there.
  command: ({ program, port, data }) => [
    ...[program, '--bind', loopback, '--port', port('redis'), '--dir', data],
    ...['--appendonly', 'yes', '--save', ''],
  ],
  // Redis 6.2 to 8.0, Valkey 9.1: all is in the log of writes, which names no server.
  template: { version: ['--version'], own: [] },
});

const redis: Omit<UsedTool, 'title' | 'local' | 'container' | 'installation'> = {
  ports: { redis: 6379 },
  main: 'redis',
  variables: (at) => addressVariables(at('redis'), `redis://${at('redis').host}:${at('redis').port}`),
  known: ({ URL, HOST, PORT }) => ({ REDIS_URL: URL, REDIS_HOST: HOST, REDIS_PORT: PORT }),
  // The log of an empty one has no byte, and what it starts from is a header.
  isWritten: (path, bytes) =>
    /\/appendonly[^/]*\.aof$/.test(path) ? bytes > 0 : /\/appendonly[^/]*\.base\.rdb$/.test(path) && bytes > 512,
};

/** Stores of keys, of files, of documents that are searched. */
export const storeTools: Readonly<Record<'redis' | 'valkey' | 'memcached' | 'minio' | 'elasticsearch', UsedTool>> = {
  redis: {
    ...redis,
    title: 'Redis',
    // Both speak its language; Memurai is what there is for Windows.
    local: redisProgram(['redis-server', 'valkey-server', 'memurai']),
    container: {
      image: 'redis:8.0.3',
      command: ['docker-entrypoint.sh', 'redis-server', '--appendonly', 'yes', '--save', ''],
      data: '/data',
    },
    installation: {
      commands: {
        brew: 'brew install redis',
        'apt-get': 'sudo apt-get install redis-server',
        dnf: 'sudo dnf install valkey',
        zypper: 'sudo zypper install redis',
        pacman: 'sudo pacman -S valkey',
        apk: 'sudo apk add redis',
        winget: 'winget install --id Memurai.MemuraiDeveloper --exact',
      },
      page: 'https://redis.io/docs/latest/operate/oss_and_stack/install/',
    },
  },
  valkey: {
    ...redis,
    title: 'Valkey',
    local: redisProgram(['valkey-server', 'redis-server']),
    container: {
      image: 'valkey/valkey:8.1.4',
      command: ['docker-entrypoint.sh', 'valkey-server', '--appendonly', 'yes', '--save', ''],
      data: '/data',
    },
    installation: {
      commands: {
        brew: 'brew install valkey',
        'apt-get': 'sudo apt-get install valkey-server',
        dnf: 'sudo dnf install valkey',
        zypper: 'sudo zypper install valkey',
        pacman: 'sudo pacman -S valkey',
        apk: 'sudo apk add valkey',
      },
      page: 'https://valkey.io/topics/installation/',
    },
  },
  memcached: {
    title: 'Memcached',
    ports: { memcached: 11211 },
    main: 'memcached',
    variables: (at) => ({
      ...addressVariables(at('memcached'), `memcached://${at('memcached').host}:${at('memcached').port}`),
      SERVERS: `${at('memcached').host}:${at('memcached').port}`,
    }),
    known: ({ URL, SERVERS }) => ({ MEMCACHED_URL: URL, MEMCACHED_SERVERS: SERVERS, MEMCACHE_SERVERS: SERVERS }),
    local: {
      programs: ['memcached'],
      command: ({ program, port, isRoot }) => [
        ...[program, '-l', loopback, '-p', port('memcached'), '-U', '0'],
        ...(isRoot ? ['-u', 'root'] : []),
      ],
    },
    container: { image: 'memcached:1.6.38-alpine' },
    installation: {
      commands: {
        brew: 'brew install memcached',
        'apt-get': 'sudo apt-get install memcached',
        dnf: 'sudo dnf install memcached',
        zypper: 'sudo zypper install memcached',
        pacman: 'sudo pacman -S memcached',
        apk: 'sudo apk add memcached',
      },
      page: 'https://docs.memcached.org/serverguide/',
    },
  },
  minio: {
    title: 'MinIO',
    ports: { s3: 9000 },
    main: 's3',
    health: '/minio/health/live',
    variables: (at) => ({
      ...addressVariables(at('s3'), `http://${at('s3').host}:${at('s3').port}`),
      ACCESS_KEY: 'minioadmin',
      SECRET_KEY: 'minioadmin',
    }),
    known: ({ URL, ACCESS_KEY, SECRET_KEY }) => ({
      ...{ MINIO_URL: URL, S3_ENDPOINT: URL, MINIO_ACCESS_KEY: ACCESS_KEY, MINIO_SECRET_KEY: SECRET_KEY },
    }),
    local: {
      programs: ['minio'],
      command: ({ program, port, data }) => [program, 'server', '--address', `${loopback}:${port('s3')}`, data],
      env: () => minioSettings,
    },
    container: {
      image: 'minio/minio:RELEASE.2025-09-07T16-13-09Z',
      command: ['minio', 'server', '/data'],
      env: minioSettings,
      data: '/data',
    },
    isWritten: (path) => /^data\/(?!\.minio\.sys\/)[^/]+\//.test(path),
    installation: {
      commands: {
        brew: 'brew install minio',
        pacman: 'sudo pacman -S minio',
        winget: 'winget install --id MinIO.Server --exact',
      },
      page: 'https://github.com/minio/minio#install-from-source',
    },
  },
  elasticsearch: {
    title: 'Elasticsearch',
    ports: { http: 9200 },
    main: 'http',
    health: '/_cluster/health',
    variables: (at) => addressVariables(at('http'), `http://${at('http').host}:${at('http').port}`),
    known: ({ URL }) => ({ ELASTICSEARCH_URL: URL }),
    local: {
      programs: ['elasticsearch'],
      folders: { after: ['/usr/share/elasticsearch/bin'] },
      ports: ['transport'],
      command: ({ program, port, data, beside }) =>
        [
          program,
          ...[`path.data=${data}`, `path.logs=${beside('logs')}`, `http.host=${loopback}`, `http.port=${port('http')}`],
          ...[`transport.host=${loopback}`, `transport.port=${port('transport')}`, 'discovery.type=single-node'],
          ...['xpack.security.enabled=false', 'ingest.geoip.downloader.enabled=false'],
        ].map((each, index) => (index === 0 ? each : `-E${each}`)),
      env: () => ({ ES_JAVA_OPTS: searchMemory }),
    },
    container: {
      image: 'docker.elastic.co/elasticsearch/elasticsearch:9.2.1',
      env: {
        ES_JAVA_OPTS: searchMemory,
        ES_SETTING_DISCOVERY_TYPE: 'single-node',
        ES_SETTING_XPACK_SECURITY_ENABLED: 'false',
        ES_SETTING_INGEST_GEOIP_DOWNLOADER_ENABLED: 'false',
      },
      data: '/usr/share/elasticsearch/data',
      group: 1000,
    },
    isWritten: (path) => /^data\/indices\/[^/]+\//.test(path),
    installation: {
      commands: {},
      page: 'https://www.elastic.co/docs/deploy-manage/deploy/self-managed/installing-elasticsearch',
    },
  },
};
