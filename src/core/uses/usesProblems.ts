import type { EnvironmentFile, UsedSpec } from '../environmentFile';
import { isReservedVariable } from '../variables/reservedVariables';
import { usedVariable } from './usedVariables';
import { usedTools } from './usedTools';

const fillable = Object.entries(usedTools).flatMap(([name, { local }]) => (local.template === undefined ? [] : [name]));

/** What a schema cannot say of `uses`; the message is the rest of a sentence that begins with its place in the file. */
export function usesProblems(
  uses: readonly UsedSpec[],
  { services, database }: Pick<EnvironmentFile, 'services' | 'database'>,
): { readonly name: string; readonly message: string }[] {
  return uses.flatMap(({ name, tool, filling }) => {
    const problem = (message: string) => [{ name, message }];
    if (services.some((service) => service.name === name))
      return problem('has the name of a service: what is used needs one of its own');
    if (filling !== undefined && usedTools[tool].local.template === undefined)
      return problem(
        `has migrate or seed, which only ${fillable.join(', ')} can have: ${usedTools[tool].title} begins without data`,
      );
    const { variables, hasPage } = usedTools[tool];
    const told = Object.keys(variables(() => ({ host: '', port: 0 }))).map((each) => usedVariable(name, each));
    // DATABASE_URL is what another database's address is called, where there is no PostgreSQL.
    const taken = told.find(
      (each) =>
        isReservedVariable(each) && (each !== 'DATABASE_URL' || database !== undefined || !usedTools[tool].isDatabase),
    );
    if (taken !== undefined)
      return problem(`would be told by ${taken}, which Coppice sets itself: give it another name`);
    const holder = hasPage && services.find(({ host }) => host === name);
    return holder ? problem(`has a page under the host ${name}, which ${holder.name} has: give it another name`) : [];
  });
}
