import { startConditions, type ServiceSpec, type StartCondition } from './environmentFile';

/** What is wrong with one dependency; the message is the rest of a sentence that begins with its place in the file. */
export interface DependencyProblem {
  readonly service: string;
  readonly dependency: string;
  readonly message: string;
}

type Dependent = Pick<ServiceSpec, 'name' | 'dependsOn' | 'once' | 'replicas'>;

/** Services that would wait for ever: for one that there is not, for what never comes to be, or for each other. */
export function dependencyProblems(services: readonly Dependent[]): DependencyProblem[] {
  const known = new Map(services.map((service) => [service.name, service]));
  const problems = services.flatMap(({ name, dependsOn }) =>
    Object.entries(dependsOn).flatMap(([dependency, condition]) => {
      const message = problemOf(name, dependency, known, condition);
      return message === undefined ? [] : [{ service: name, dependency, message }];
    }),
  );
  return [...problems, ...circles(known)];
}

function problemOf(
  name: string,
  dependency: string,
  known: ReadonlyMap<string, Dependent>,
  condition: StartCondition,
): string | undefined {
  const service = known.get(dependency);
  if (dependency === name) return 'must be another service: none can wait for itself';
  if (!service)
    return `names ${JSON.stringify(dependency)}, which is no service: expected one of ${[...known.keys()].join(', ')}`;
  const may = startConditions.filter((each) => each !== (service.once ? 'healthy' : 'completed'));
  const expected = `must be ${may.join(' or ')}`;
  if (service.once && condition === 'healthy') return `${expected}: ${dependency} runs to its end (once: true)`;
  if (!service.once && condition === 'completed')
    return `${expected}: ${dependency} is no service that runs to its end (once: true)`;
  if (service.replicas === 0) return `would wait for ever: ${dependency} has no replicas`;
  return undefined;
}

/** Each circle once, told where its first service in the file closes it. */
function circles(known: ReadonlyMap<string, Dependent>): DependencyProblem[] {
  const problems: DependencyProblem[] = [];
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (done.has(name)) return;
    const begins = path.indexOf(name);
    if (begins >= 0) {
      const circle = path.slice(begins);
      const waits = circle.map((each, index) => `${each} waits for ${circle[(index + 1) % circle.length] ?? each}`);
      const [service = name, dependency = name] = circle;
      problems.push({ service, dependency, message: `goes in a circle: ${waits.join(', ')}` });
      return;
    }
    for (const dependency of Object.keys(known.get(name)?.dependsOn ?? {}))
      if (dependency !== name) visit(dependency, [...path, name]);
    done.add(name);
  };
  for (const name of known.keys()) visit(name, []);
  return problems;
}
