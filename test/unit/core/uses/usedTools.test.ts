import { describe, expect, it } from 'vitest';
import schema from '../../../../media/schemas/coppice.schema.json';
import { localRun } from '../../../../src/core/uses/localRun';
import { usedTools } from '../../../../src/core/uses/usedTools';
import { usedVariables } from '../../../../src/core/uses/usedVariables';

const rows = Object.entries(usedTools);

describe('the table of used services', () => {
  it('has the tools that the schema names', () => {
    expect(schema.definitions.usedTool.enum.toSorted()).toEqual(Object.keys(usedTools).sort());
  });

  it.each(rows)(
    '%s listens on loopback, at the ports that it is given and in the folder that it is given',
    (_, tool) => {
      const names = [...Object.keys(tool.ports), ...(tool.local.ports ?? [])];
      const ports = Object.fromEntries(names.map((name, index) => [name, 30_000 + index]));
      for (const kind of tool.local.programs) {
        const program = { program: `/usr/bin/${kind}`, kind, helpers: {}, isRoot: false };
        const place = { data: '/d/data', beside: (name: string) => `/d/${name}` };
        const run = localRun(program, ports, place);
        const said = [...tool.local.command(run), ...Object.values(tool.local.env?.(run) ?? {})].join('\n');
        for (const port of Object.values(ports)) expect(said).toContain(String(port));
        expect(said).toContain('127.0.0.1');
        expect(said).not.toMatch(/0\.0\.0\.0|::/);
        if (tool.container.data !== undefined) expect(said).toContain('/d/');
        // An administrator is told so only where that is so.
        expect(said).not.toMatch(/root$|user=root/m);
      }
    },
  );

  it.each(rows)('%s has a port that is asked, a pinned image and a page that says how to install it', (_, tool) => {
    expect(Object.keys(tool.ports)).toContain(tool.main);
    expect(tool.container.image).toMatch(/^[a-z0-9./-]+:(?!latest)[\w.-]*\d[\w.-]*$/);
    expect(tool.installation.page).toMatch(/^https:\/\//);
    // What keeps data says what of them is somebody's work, and the other way round.
    expect(tool.isWritten !== undefined).toBe(tool.container.data !== undefined);
  });

  it.each(rows)('%s has what is known of templates only where it keeps data that can be told from none', (_, tool) => {
    const { template } = tool.local;
    if (template === undefined) return;
    expect(tool.isWritten).toBeDefined();
    expect(template.version.length).toBeGreaterThan(0);
    for (const name of template.own) expect(name).toMatch(/^[^/\\]+$/);
  });

  it('has data of RabbitMQ by one name, whatever its port, and nothing of the system’s server', () => {
    const { local } = usedTools.rabbitmq;
    const program = {
      program: '/usr/lib/rabbitmq/bin/rabbitmq-server',
      kind: 'rabbitmq-server',
      helpers: {},
      isRoot: false,
    };
    const place = { data: '/d/data', beside: (name: string) => `/d/${name}` };
    const at = (amqp: number) => local.env?.(localRun(program, { amqp, nodes: 30_002, names: 30_003 }, place)) ?? {};
    const told = at(30_001);
    expect({ ...told, RABBITMQ_NODE_PORT: '' }).toEqual({ ...at(30_009), RABBITMQ_NODE_PORT: '' });
    // Left out, each is one below /etc/rabbitmq.
    for (const name of ['CONFIG_FILE', 'CONFIG_FILES', 'ADVANCED_CONFIG_FILE', 'CONF_ENV_FILE', 'ENABLED_PLUGINS_FILE'])
      expect(told[`RABBITMQ_${name}`]).toMatch(/^\/d\//);
    expect(Object.keys(local.files ?? {})).toEqual(
      expect.arrayContaining(['rabbitmq.conf', 'advanced.config', 'rabbitmq-env.conf', 'enabled_plugins']),
    );
  });

  it('gives MySQL a folder of its own for files: that of the system’s server is not to be entered, and none starts without', () => {
    const { local } = usedTools.mysql;
    const place = { data: '/d/data', beside: (name: string) => `/d/${name}` };
    const of = (kind: string) => {
      const run = localRun(
        { program: `/usr/sbin/${kind}`, kind, helpers: {}, isRoot: false },
        { mysql: 30_001 },
        place,
      );
      return [local.prepare?.(run), local.command(run)];
    };
    const own = expect.arrayContaining(['--secure-file-priv=/d/files']) as unknown;
    expect(of('mysqld')).toEqual([own, own]);
    expect(of('mariadbd').flat().join(' ')).not.toContain('secure-file-priv');
    expect(local.files).toHaveProperty(['files/.keep']);
  });

  it('has what is written put into files soon, where a delete looks for it', () => {
    const place = { data: '/d/data', beside: (name: string) => `/d/${name}` };
    const of = (tool: 'mariadb' | 'mongodb', kind: string): readonly string[] => {
      const program = { program: `/usr/sbin/${kind}`, kind, helpers: {}, isRoot: false };
      return usedTools[tool].local.command(localRun(program, { mysql: 30_001, mongodb: 30_002 }, place));
    };
    expect(of('mariadb', 'mariadbd')).toContain('--innodb-max-dirty-pages-pct=0');
    expect(of('mongodb', 'mongod').join(' ')).toContain('--syncdelay 1');
  });

  it('gives the first of a kind the names that programs know, and each its own', () => {
    const services = {
      cache: { tool: 'redis', ports: { redis: 30_001 } },
      queue: { tool: 'valkey', ports: { redis: 30_002 } },
      later: { tool: 'of a newer version', ports: {} },
    };
    expect(usedVariables({ services }, 'machine')).toEqual({
      REDIS_URL: 'redis://127.0.0.1:30001',
      REDIS_HOST: '127.0.0.1',
      REDIS_PORT: '30001',
      CACHE_URL: 'redis://127.0.0.1:30001',
      CACHE_HOST: '127.0.0.1',
      CACHE_PORT: '30001',
      QUEUE_URL: 'redis://127.0.0.1:30002',
      QUEUE_HOST: '127.0.0.1',
      QUEUE_PORT: '30002',
    });
    expect(usedVariables({ services }, 'pods')).toMatchObject({ QUEUE_URL: 'redis://queue:6379' });
  });

  it.each([
    ['redis', 'data/appendonlydir/appendonly.aof.1.base.rdb', 88, false],
    ['redis', 'data/appendonlydir/appendonly.aof.1.incr.aof', 0, false],
    ['redis', 'data/appendonlydir/appendonly.aof.1.incr.aof', 60, true],
    ['redis', 'data/appendonlydir/appendonly.aof.2.base.rdb', 4000, true],
    ['redis', 'data/appendonly.aof', 60, true],
    ['mysql', 'data/mysql/user.ibd', 9000, false],
    ['mysql', 'data/#innodb_redo/x', 9000, false],
    ['mariadb', 'data/app/db.opt', 60, false],
    ['mariadb', 'data/app/users.ibd', 9000, true],
    ['mongodb', 'data/local/collection-0.wt', 9000, false],
    ['mongodb', 'data/WiredTiger.wt', 9000, false],
    ['mongodb', 'data/app/collection-7.wt', 9000, true],
    ['minio', 'data/.minio.sys/format.json', 300, false],
    ['minio', 'data/uploads/cat.png/xl.meta', 300, true],
    ['nats', 'data/jetstream/$SYS/meta', 300, false],
    ['nats', 'data/jetstream/$G/streams/orders/meta.inf', 300, true],
    ['rabbitmq', 'data/rabbit1@localhost/quorum/rabbit1@localhost/00000001.wal', 300, false],
    ['rabbitmq', 'data/rabbit1@localhost/quorum/rabbit1@localhost/2F_Q1/00000001.segment', 300, true],
    ['rabbitmq', 'data/rabbit1@localhost/msg_stores/vhosts/A/msg_store_persistent/clean.dot', 300, false],
    ['rabbitmq', 'data/rabbit1@localhost/msg_stores/vhosts/A/queues/Q1/.queue_name', 60, true],
    ['elasticsearch', 'data/_state/segments_1', 300, false],
    ['elasticsearch', 'data/indices/abc/0/index/segments_2', 300, true],
  ] as const)('%s: %s (%i bytes) is somebody’s work: %s', (tool, path, bytes, expected) => {
    expect(usedTools[tool].isWritten?.(path, bytes)).toBe(expected);
  });
});
