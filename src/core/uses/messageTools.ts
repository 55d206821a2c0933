import { addressVariables } from './addressVariables';
import type { UsedTool } from '../usedTool';

const loopback = '127.0.0.1';

/** What hands on messages and mails. */
export const messageTools: Readonly<Record<'nats' | 'rabbitmq' | 'mailpit', UsedTool>> = {
  nats: {
    title: 'NATS',
    ports: { nats: 4222 },
    main: 'nats',
    variables: (at) => addressVariables(at('nats'), `nats://${at('nats').host}:${at('nats').port}`),
    known: ({ URL }) => ({ NATS_URL: URL }),
    local: {
      programs: ['nats-server'],
      folders: { after: ['/usr/sbin'] },
      command: ({ program, port, data }) => [
        ...[program, '--addr', loopback, '--port', port('nats'), '--jetstream', '--store_dir', data],
      ],
    },
    container: {
      image: 'nats:2.11.6-alpine',
      command: ['docker-entrypoint.sh', 'nats-server', '--jetstream', '--store_dir', '/data'],
      data: '/data',
    },
    isWritten: (path) => /^data\/jetstream\/[^/]+\/streams\//.test(path),
    installation: {
      commands: {
        brew: 'brew install nats-server',
        'apt-get': 'sudo apt-get install nats-server',
        pacman: 'sudo pacman -S nats-server',
        apk: 'sudo apk add nats-server',
      },
      page: 'https://docs.nats.io/running-a-nats-service/introduction/installation',
    },
  },
  rabbitmq: {
    title: 'RabbitMQ',
    ports: { amqp: 5672 },
    main: 'amqp',
    variables: (at) => ({
      ...addressVariables(at('amqp'), `amqp://guest:guest@${at('amqp').host}:${at('amqp').port}`),
      USER: 'guest',
      PASSWORD: 'guest',
    }),
    known: ({ URL, HOST, PORT, USER, PASSWORD }) => ({
      ...{ RABBITMQ_URL: URL, AMQP_URL: URL, RABBITMQ_HOST: HOST, RABBITMQ_PORT: PORT },
      ...{ RABBITMQ_USER: USER, RABBITMQ_USERNAME: USER, RABBITMQ_PASSWORD: PASSWORD },
    }),
    local: {
      programs: ['rabbitmq-server'],
      // What Debian has on PATH changes to a user of its own; this is what that calls.
      folders: { before: ['/usr/lib/rabbitmq/bin'], after: ['/usr/sbin', '/opt/homebrew/sbin', '/usr/local/sbin'] },
      // The ports by which nodes find each other: each environment has one node, and its own list of nodes.
      ports: ['nodes', 'names'],
      command: ({ program }) => [program],
      env: ({ port, data, beside }) => ({
        HOME: beside('home'),
        ERL_CRASH_DUMP: beside('crash.dump'),
        ERL_EPMD_ADDRESS: loopback,
        ERL_EPMD_PORT: port('names'),
        // Its data go by that name, and its port may become another one.
        RABBITMQ_NODENAME: 'rabbit@localhost',
        RABBITMQ_NODE_IP_ADDRESS: loopback,
        RABBITMQ_NODE_PORT: port('amqp'),
        RABBITMQ_DIST_PORT: port('nodes'),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
        RABBITMQ_MNESIA_BASE: data,
        RABBITMQ_LOG_BASE: beside('log'),
        RABBITMQ_LOGS: '-',
        RABBITMQ_PID_FILE: beside('pid'),
        RABBITMQ_CONFIG_FILE: beside('rabbitmq.conf'),
        // It would read those of the system's server as well: other listeners, other folders.
        RABBITMQ_CONFIG_FILES: beside('conf.d/*.conf'),
        RABBITMQ_ADVANCED_CONFIG_FILE: beside('advanced.config'),
        RABBITMQ_CONF_ENV_FILE: beside('rabbitmq-env.conf'),
        RABBITMQ_ENABLED_PLUGINS_FILE: beside('enabled_plugins'),
      }),
      files: {
        ...{ 'rabbitmq.conf': '', 'rabbitmq-env.conf': '', 'advanced.config': '[].\n' },
        ...{ enabled_plugins: '[].\n', 'home/.keep': '' },
      },
    },
    container: {
      image: 'rabbitmq:4.1.4-alpine',
      // By itself it is called by the pod, and finds the data of no pod before it.
      env: { RABBITMQ_NODENAME: 'rabbit@localhost' },
      data: '/var/lib/rabbitmq',
    },
    // A queue has a folder of its own: what stands beside it is the server's.
    isWritten: (path) => /\/(?:queues|quorum\/[^/]+|stream)\/[^/]+\//.test(path),
    installation: {
      commands: {
        brew: 'brew install rabbitmq',
        'apt-get': 'sudo apt-get install rabbitmq-server',
        dnf: 'sudo dnf install rabbitmq-server',
        zypper: 'sudo zypper install rabbitmq-server',
        pacman: 'sudo pacman -S rabbitmq',
        apk: 'sudo apk add rabbitmq-server',
      },
      page: 'https://www.rabbitmq.com/docs/download',
    },
  },
  mailpit: {
    title: 'Mailpit',
    ports: { page: 8025, smtp: 1025 },
    main: 'page',
    health: '/livez',
    hasPage: true,
    variables: (at) => addressVariables(at('smtp'), `smtp://${at('smtp').host}:${at('smtp').port}`),
    known: ({ URL, HOST, PORT }) => ({ SMTP_URL: URL, SMTP_HOST: HOST, SMTP_PORT: PORT }),
    local: {
      programs: ['mailpit'],
      // Mails are there after a stop. They are copies, and nothing is lost with them.
      command: ({ program, port, beside }) => [
        ...[program, '--listen', `${loopback}:${port('page')}`, '--smtp', `${loopback}:${port('smtp')}`],
        ...['--database', beside('mailpit.db')],
      ],
    },
    container: { image: 'axllent/mailpit:v1.27.8' },
    installation: {
      commands: { brew: 'brew install mailpit', winget: 'winget install --id axllent.mailpit --exact' },
      page: 'https://mailpit.axllent.org/docs/install/',
    },
  },
};
