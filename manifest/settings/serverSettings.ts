import type { SettingGroup } from '../settingRow';

export const serverSettings: SettingGroup = {
  type: 'ServerSettings',
  title: 'Programs and Servers',
  keywords: ['path', 'port', 'binary', 'install', 'database'],
  rows: [
    {
      key: 'gateway.port',
      type: 'integer',
      default: 8080,
      description:
        'The first port that the gateway of the embedded cluster tries; the URLs of all environments lead there. Taken into account when the cluster starts.',
      minimum: 1,
      maximum: 65535,
    },
    { key: 'helm.path', type: 'string', default: '', description: 'The Helm program. Empty: `helm` on the PATH.' },
    {
      key: 'postgres.url',
      type: 'string',
      default: '',
      description:
        'A PostgreSQL server of your own (`postgresql://user@host:port/`) whose user may create databases and roles; its password is asked for by [Set PostgreSQL Password](command:coppice.setPostgresPassword). Empty: Coppice starts one.',
    },
    {
      key: 'postgres.podAddress',
      type: 'string',
      default: '',
      description:
        'The server of `#coppice.postgres.url#` as the pods of a real cluster reach it: host and port, such as `db.infra:5432`. Empty: the same host and port.',
      pattern: '^$|^([^\\s:/@\\[\\]]+|\\[[0-9a-fA-F:.]+\\]):[0-9]{1,5}$',
    },
    {
      key: 'postgres.binaries',
      type: 'string',
      default: '',
      description:
        'The folder with `postgres` and `initdb` that Coppice starts its own server with. Empty: it looks in the usual places. A server of your own is named by `#coppice.postgres.url#`.',
    },
    {
      key: 'home',
      type: 'string',
      default: '',
      description:
        "The folder for Coppice's own state: the embedded cluster, its database server, locks. Empty: `~/.coppice`. Read once: a change counts after the window was reloaded.",
    },
  ],
};
