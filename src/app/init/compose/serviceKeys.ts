/** Why a key of a compose service has no counterpart, and what to do; by the key. */
const reasons: Readonly<Record<string, string>> = {
  container_name: 'each environment has names of its own',
  hostname: 'services find each other by their variables (<NAME>_SERVICE_HOST)',
  networks: 'each environment has a network of its own, which all its services share',
  network_mode: 'each environment has a network of its own, which all its services share',
  links: 'services find each other by their variables (<NAME>_SERVICE_HOST)',
  external_links: 'name the address of what is outside in env',
  extra_hosts: 'name the address in env',
  restart: 'a service that ends is started again; one that is to end has once: true',
  logging: 'logs are kept and shown by Coppice',
  labels: 'labels are not carried over; routes say what a proxy reads of them',
  deploy: 'only replicas are carried over; limits and updates are the cluster’s',
  develop: 'services run in the worktree’s files, so that an edit needs no synchronizing',
  healthcheck: 'only the path of a check by HTTP is carried over; write it as health, a command as ready',
  tty: 'services have no terminal',
  platform: 'services run as this machine runs them',
  pull_policy: 'images are built when what they are made of has changed',
  user: 'processes run as you; in a container as the image says',
  working_dir: 'write it as folder, relative to the repository',
  stop_signal: 'services end by SIGTERM',
  stop_grace_period: 'services have five seconds to end',
  secrets: 'give a secret by envFile, of a file that git ignores',
  configs: 'put the file into the repository, and name it where the service reads it',
  volumes: 'the worktree’s own files are there; data of a named volume is not kept apart from them',
  ports: 'one port of a service has a name and an address; write another one as a service of its own',
  expose: 'one port of a service has a name and an address',
  image: 'an image that is built is named by its content',
  entrypoint: 'write the whole command as command',
  profiles: 'a service is in every environment or in none',
  privileged: 'a container has no rights beyond its own',
  cap_add: 'a container has no rights beyond its own',
  devices: 'a container has no devices',
  gpus: 'a container has no devices',
  models: 'language models are not part of an environment',
  provider: 'what a plug-in of Compose manages is not part of an environment',
};

export function whyLeftOut(key: string): string {
  return reasons[key] ?? 'Coppice has nothing like it';
}

/** The same for what stands beside `services`. */
const otherReasons: Readonly<Record<string, string>> = {
  version: 'Compose ignores it as well',
  name: 'environments are named after their branches',
  networks: 'each environment has a network of its own',
  volumes: 'data of a named volume is not kept; a service writes into its worktree',
  secrets: 'give a secret by envFile, of a file that git ignores',
  configs: 'put the file into the repository, and name it where the service reads it',
  include: 'carried over as far as its services are',
  models: 'language models are not part of an environment',
};

export function whyOtherLeftOut(key: string): string {
  if (key.startsWith('x-')) return 'an extension, carried over only where a service takes it in';
  return otherReasons[key] ?? 'Coppice has nothing like it';
}
