import { isPlainMapping, type PlainMapping } from '../../../core/proposedFile';
import type { ClassifiedProject } from './classifiedProject';

/** By its name one that nobody asks, of an image that another service answers with: its port is that one's. */
export function sharesImage(name: string, { project, service }: ClassifiedProject): boolean {
  const { build } = service(name);
  const isSame = ([other, { build: of }]: readonly [string, PlainMapping]): boolean =>
    other !== name && build !== undefined && JSON.stringify(of) === JSON.stringify(build);
  return (
    /(?:^|[-_.])(?:workers?|beat|cron|scheduler|queue|jobs?|consumer|celery|sidekiq|migrat\w*)(?:$|[-_.\d])/i.test(
      name,
    ) && [...project.services].some(isSame)
  );
}

/** It says itself that it is not started again, and by its name it prepares something. */
function isRunOnce(name: string, { restart }: PlainMapping): boolean {
  return (
    (restart === 'no' || restart === false) &&
    /(?:^|[-_.])(?:migrat\w*|seed\w*|init|setup|bootstrap)(?:$|[-_.\d])/i.test(name)
  );
}

/** Whether others wait for its end. */
function isAwaited(name: string, { project }: ClassifiedProject): boolean {
  return [...project.services.values()].some((service) => {
    const how = isPlainMapping(service['depends_on']) ? service['depends_on'][name] : undefined;
    return isPlainMapping(how) && how['condition'] === 'service_completed_successfully';
  });
}

/** Whether it runs to its end. */
export function runsOnce(name: string, found: ClassifiedProject): boolean {
  return isAwaited(name, found) || isRunOnce(name, found.service(name));
}
