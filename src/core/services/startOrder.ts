import type { Dependencies, StartCondition } from '../environmentFile';

/** A service, as far as it matters to those that wait for it. */
export interface Standing {
  readonly name: string;
  readonly dependsOn: Dependencies;
  /** It is not let start yet. */
  readonly isHeld: boolean;
  /** Its program was started, whatever became of it. */
  readonly isStarted: boolean;
  /** `ready`: it runs well, or has ended well. `hopeless`: no waiting makes it so. */
  readonly verdict: 'ready' | 'hopeless' | 'open';
}

export interface StartOrder {
  /** Those that are held, and that nothing keeps back any more. */
  readonly start: readonly string[];
  /** Those that are held, and that wait for what does not come. */
  readonly blocked: ReadonlySet<string>;
}

/** Whom to start now. What waits for each other, or for a service that nobody knows, is blocked. */
export function startOrder(services: readonly Standing[]): StartOrder {
  const known = new Map(services.map((service) => [service.name, service]));
  const held = services.filter(({ isHeld }) => isHeld);
  const start = held.filter(({ dependsOn }) =>
    Object.entries(dependsOn).every(([name, condition]) => holds(known.get(name), condition)),
  );
  // What can still come: what is not held, and step by step what waits for nothing else. All others are blocked.
  const coming = new Set(services.filter(({ isHeld }) => !isHeld).map(({ name }) => name));
  const mayCome = (name: string, condition: StartCondition): boolean => {
    const service = known.get(name);
    return service !== undefined && coming.has(name) && (holds(service, condition) || service.verdict !== 'hopeless');
  };
  for (let size = -1; size !== coming.size;) {
    size = coming.size;
    for (const { name, dependsOn } of held)
      if (Object.entries(dependsOn).every(([each, condition]) => mayCome(each, condition))) coming.add(name);
  }
  return {
    start: start.map(({ name }) => name),
    blocked: new Set(held.flatMap(({ name }) => (coming.has(name) ? [] : [name]))),
  };
}

function holds(service: Standing | undefined, condition: StartCondition): boolean {
  if (!service || service.isHeld) return false;
  return condition === 'started' ? service.isStarted : service.verdict === 'ready';
}
