import type { V1Container, V1Pod } from '@ngrok/webernetes';
import { connectLoopback } from '../network/loopback';
import type { PodPorts } from '../network/podPorts';
import { settlesWithin } from './settled';

/** A probe does not wait for longer than this: where looking is slow, the next one knows. */
const waitMs = 1000;

interface Parts {
  readonly ports: Pick<PodPorts, 'given' | 'real' | 'listensAt'>;
  /** See `SilentProcesses`. */
  stray(pod: V1Pod, container: V1Container): number | undefined;
  /** Whose process listens at a port, besides the pod's own; undefined: nobody's that is known. May take long, and never rejects. */
  holder(port: number, podUid: string): Promise<string | undefined>;
  /** Says on the pod where it listens in truth; undefined: where it is to. Never rejects. */
  tell(pod: V1Pod, text: string | undefined): Promise<void>;
  readonly waitMs?: number;
}

/** Who else listens at a port: asked, and maybe answered. */
interface Asked {
  readonly port: number;
  answer?: { readonly holder: string | undefined };
}

/**
 * Leads to programs that do not heed PORT where they really listen: those with a port of their own in a file that nobody wants to
 * change. All pods share this machine's ports, so that it is done only where a pod's own process listens at one port, steadily, and
 * at no other, and where nobody else does.
 */
export class StrayPorts {
  /** By pod and container port. */
  readonly #asked = new Map<string, Asked>();

  constructor(private readonly parts: Parts) {}

  /** Of a container that is about to start. */
  async forget(pod: V1Pod): Promise<void> {
    this.forgetPod(pod.metadata?.uid ?? '');
    await this.parts.tell(pod, undefined);
  }

  /** Of a pod that is gone. */
  forgetPod(uid: string): void {
    for (const key of this.#asked.keys()) if (key.startsWith(`${uid} `)) this.#asked.delete(key);
  }

  /** Before it is asked: who listens by now where it is to is led to there again. */
  async settle(pod: V1Pod, containerPort: number): Promise<void> {
    const { ports, tell } = this.parts;
    const uid = pod.metadata?.uid ?? '';
    const given = ports.given(uid, containerPort);
    if (ports.real(uid, containerPort) === given) return;
    const socket = await connectLoopback(given).catch(() => undefined);
    if (!socket) return;
    socket.destroy();
    ports.listensAt(uid, containerPort, undefined);
    await tell(pod, undefined);
  }

  /** When nothing answered. @returns whether it is led to another port from now on */
  async find(pod: V1Pod, container: V1Container, containerPort: number): Promise<boolean> {
    const { ports, stray, tell } = this.parts;
    const uid = pod.metadata?.uid ?? '';
    const found = stray(pod, container);
    if (found === undefined || found === ports.real(uid, containerPort)) return false;
    const answer = await this.#holder(found, uid, containerPort);
    if (answer === undefined || answer.holder !== undefined) return false;
    ports.listensAt(uid, containerPort, found);
    await tell(pod, `listens on ${found}, not on its PORT ${ports.given(uid, containerPort)}`);
    return true;
  }

  /** undefined: nobody knows yet. Each answer counts once: by the next time others may listen there. */
  async #holder(port: number, uid: string, containerPort: number): Promise<Asked['answer']> {
    const key = `${uid} ${containerPort}`;
    const before = this.#asked.get(key);
    const asked: Asked = before?.port === port ? before : { port };
    if (asked !== before) {
      this.#asked.set(key, asked);
      const looking = this.parts.holder(port, uid).then((holder) => void (asked.answer = { holder }));
      await settlesWithin(looking, this.parts.waitMs ?? waitMs);
    }
    if (asked.answer && this.#asked.get(key) === asked) this.#asked.delete(key);
    return asked.answer;
  }
}
