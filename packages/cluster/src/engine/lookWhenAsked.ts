import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import type { Kubelet } from './engineTypes';

/** How often the kubelet compares all pods with the runtime. It is told of every change, so this only heals what was missed. */
const RELIST_MS = 10_000;
const RELIST_THRESHOLD_MS = 3 * 60 * 1000;
/** After a look nobody looks for this many times its length: where pods are many and restart, looks would be all that is done. */
const RESTS_A_LOOK = 15;
const LONGEST_REST_MS = 100;

/** What is asked of the kubelet here. */
export interface Looking {
  readonly pleg: Pick<Kubelet['pleg'], 'update' | 'relist' | 'relistPod' | 'requestRelist'>;
  readonly podCache: Pick<Kubelet['podCache'], 'getNewerThan'>;
}

/**
 * Every step of a pod's life waits for a look at its processes that is newer than the step before: we look then, and rarely else. At that
 * pod alone, where it has any; what has none, before its first and after its last, is seen by a look at all.
 */
export function lookWhenAsked(kubelet: Looking): void {
  kubelet.pleg.update({ relistPeriodMs: RELIST_MS, relistThresholdMs: RELIST_THRESHOLD_MS });
  // Who asks while there is a look at all needs a newer one: of all who ask meanwhile the same.
  let isLooking = false;
  let isAskedAgain = false;
  const lookAtAll = async (): Promise<void> => {
    isAskedAgain = true;
    if (isLooking) return;
    isLooking = true;
    try {
      while (isAskedAgain) {
        isAskedAgain = false;
        const began = performance.now();
        await kubelet.pleg.relist();
        await delay(Math.min((performance.now() - began) * RESTS_A_LOOK, LONGEST_REST_MS), undefined, { ref: false });
      }
    } finally {
      isLooking = false;
    }
  };
  lookAtEachRequest(kubelet);
  const wait = kubelet.podCache.getNewerThan.bind(kubelet.podCache);
  kubelet.podCache.getNewerThan = (ctx, id, minTime) => {
    const answer = wait(ctx, id, minTime);
    let isAnswered = false;
    const answered = (): void => void (isAnswered = true);
    void answer.then(answered, answered);
    void (async () => {
      // It may be answered from what was seen already.
      await turn();
      if (isAnswered) return;
      await kubelet.pleg.relistPod(id);
      await turn();
      if (!isAnswered) await lookAtAll();
    })();
    return answer;
  };
}

/**
 * Whoever knows that a pod has changed asks for a look at it. The engine keeps two hundred such requests, drops what is more, and leaves
 * out those of the millisecond in which a look at all began: what they were about would be seen at the next round only.
 */
function lookAtEachRequest({ pleg }: Looking): void {
  const due = new Set<string>();
  let isLooking = false;
  const look = async (): Promise<void> => {
    isLooking = true;
    for (const id of due) {
      // Asked again from now on, it is looked at again.
      due.delete(id);
      await pleg.relistPod(id).catch(() => undefined);
    }
    isLooking = false;
  };
  pleg.requestRelist = (id) => {
    due.add(id);
    if (!isLooking) void look();
  };
}
