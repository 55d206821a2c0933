import type { PlainValue, ProposedFile } from '../../core/proposedFile';
import { reservedVariables } from '../../core/variables/reservedVariables';
import type { YamlTexts } from '../../core/ports/yamlTexts';
import { composeSchemaProblem } from './composeSchemaProblem';
import { parseYaml } from './parseYaml';
import { renderEnvironmentFile } from './renderEnvironmentFile';

/** YAML by the library that reads coppice.yaml as well. */
export class LibraryYamlTexts implements YamlTexts {
  readonly reserved: ReadonlySet<string> = new Set(reservedVariables);

  parse(text: string, name: string): PlainValue {
    return parseYaml(text, name);
  }

  composeProblem(value: PlainValue): string | undefined {
    return composeSchemaProblem(value);
  }

  render(file: ProposedFile): string {
    return renderEnvironmentFile(file);
  }
}
