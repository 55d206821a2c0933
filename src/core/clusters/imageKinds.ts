import type { UsedToolName } from '../usedTool';

/** What is known of an image by its name. */
export interface ImageKind {
  readonly kind: 'postgres' | 'backing' | 'tool';
  /** What a person calls it. */
  readonly title: string;
  /** What can be used in its place (`core/uses`). */
  readonly tool?: UsedToolName;
}

const rows: readonly (readonly [
  names: readonly string[],
  kind: ImageKind['kind'],
  title: string,
  tool?: UsedToolName,
])[] = [
  [
    ['postgres', 'postgresql', 'postgis', 'pgvector', 'timescaledb', 'timescaledb-ha', 'supabase/postgres'],
    'postgres',
    'PostgreSQL',
  ],
  [['redis', 'keydb', 'dragonfly'], 'backing', 'Redis', 'redis'],
  [['valkey'], 'backing', 'Valkey', 'valkey'],
  // Its modules are no part of every Redis.
  [['redis-stack', 'redis-stack-server'], 'backing', 'Redis Stack'],
  [['rabbitmq'], 'backing', 'RabbitMQ', 'rabbitmq'],
  [['nats'], 'backing', 'NATS', 'nats'],
  [['kafka', 'cp-kafka', 'redpanda', 'zookeeper', 'cp-zookeeper'], 'backing', 'Kafka'],
  [['mysql', 'mysql-server'], 'backing', 'MySQL', 'mysql'],
  [['mariadb'], 'backing', 'MariaDB', 'mariadb'],
  [['mongo', 'mongodb', 'mongodb-community-server'], 'backing', 'MongoDB', 'mongodb'],
  [['mssql/server', 'azure-sql-edge'], 'backing', 'SQL Server'],
  [['minio'], 'backing', 'MinIO', 'minio'],
  [['mailpit', 'mailhog', 'maildev', 'mailcatcher'], 'backing', 'a mail catcher', 'mailpit'],
  [['memcached'], 'backing', 'Memcached', 'memcached'],
  [['elasticsearch'], 'backing', 'Elasticsearch', 'elasticsearch'],
  [['opensearch'], 'backing', 'OpenSearch'],
  [['meilisearch', 'typesense', 'solr'], 'backing', 'a search engine'],
  [
    ['cassandra', 'scylla', 'cockroach', 'clickhouse-server', 'influxdb', 'neo4j', 'couchdb', 'surrealdb', 'qdrant'],
    'backing',
    'a database',
  ],
  [
    ['adminer', 'pgadmin4', 'pgadmin', 'phpmyadmin', 'mongo-express', 'redis-commander', 'redisinsight', 'pgweb'],
    'tool',
    'a tool for looking into a database',
  ],
  [['traefik', 'caddy', 'nginx-proxy', 'haproxy', 'envoy'], 'tool', 'a proxy'],
];

/** @param image as a compose file names it: `docker.io/library/postgres:16-alpine` */
export function imageKind(image: string): ImageKind | undefined {
  const name = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const found = rows.find(([names]) => names.some((each) => name === each || name.endsWith(`/${each}`)));
  if (!found) return undefined;
  const [, kind, title, tool] = found;
  return { kind, title, ...(tool === undefined ? {} : { tool }) };
}
