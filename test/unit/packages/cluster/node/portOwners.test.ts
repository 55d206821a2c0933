import { expect, it } from 'vitest';
import { PortOwners } from '../../../../../packages/cluster/src/node/portOwners';
import type { ProcessContainer } from '../../../../../packages/cluster/src/node/processContainer';

/** What is used of a container that runs: its only process has its number. */
function container(pid: number, label: string): ProcessContainer {
  const run = { pids: () => Promise.resolve([pid]) };
  return {
    id: `run ${pid}`,
    podUid: `pod ${pid}`,
    ...nameOf(label),
    run,
    config: { env: { PORT: '29161' } },
  } as unknown as ProcessContainer;
}

function nameOf(label: string): object {
  const [namespace, , name] = label.split('/');
  return { label, name, sandbox: { metadata: { namespace } } };
}

function owners(listening: Readonly<Record<number, readonly number[]>>) {
  const [own, other] = [container(1, 'a/web-1/web'), container(2, 'b/web-2/web')];
  const state = { now: 0, looks: 0, listening };
  const asked = new PortOwners({
    runtime: { aliveRun: () => own, aliveRuns: [own, other] },
    listenersByPid: (pids) => {
      if (pids.length === 1 && pids[0] === 1) state.looks++;
      const of = (pid: number) => (state.listening[pid] ?? []).map((port) => ({ address: '*', port }));
      return Promise.resolve(new Map(pids.map((pid) => [pid, of(pid)])));
    },
    now: () => state.now,
  });
  const stranger = () => asked.stranger({ metadata: { uid: 'u' } }, { name: 'web' }, 29161);
  return { state, stranger };
}

it('takes a port at which the container listens for its own, and looks no more', async () => {
  const { state, stranger } = owners({ 1: [29161] });
  for (; state.now < 100_000; state.now += 1000) expect(await stranger()).toBeUndefined();
  expect(state.looks).toBe(1);
});

it('says that a service that does not heed PORT is not who answers there', async () => {
  const { state, stranger } = owners({ 1: [3000] });
  expect(await stranger()).toBe('listens on 3000, not on its PORT 29161, where another program answers');
  state.listening = { 1: [29161] };
  state.now += 4000;
  expect(await stranger()).toBeUndefined();
});

it('names another container that has the port', async () => {
  const { stranger } = owners({ 2: [29161] });
  expect(await stranger()).toBe('does not listen on its PORT 29161, where web of b answers');
});

it('cannot say so of a service that listens nowhere: Docker may do it for the service', async () => {
  const { state, stranger } = owners({});
  for (; state.now < 300_000; state.now += 1000) expect(await stranger()).toBeUndefined();
  expect(state.looks).toBeLessThan(10);
});

it('looks at all processes once for all who ask', async () => {
  const containers = Array.from({ length: 200 }, (_, i) => container(i, `a/web-${i}/web`));
  const asked: number[] = [];
  const owner = new PortOwners({
    runtime: { aliveRun: (uid) => containers.find(({ podUid }) => podUid === uid), aliveRuns: containers },
    listenersByPid: (pids) => {
      asked.push(pids.length);
      return Promise.resolve(new Map());
    },
  });
  const ask = (i: number) => owner.stranger({ metadata: { uid: `pod ${i}` } }, { name: 'web' }, 29161);
  await Promise.all(containers.map((_, i) => ask(i)));
  expect(asked.filter((pids) => pids === 200)).toHaveLength(1);
  expect(asked.filter((pids) => pids === 1)).toHaveLength(200);
});
