import type { RepositoryFiles } from '../../core/ports/repositoryFiles';
import type { YamlTexts } from '../../core/ports/yamlTexts';

export interface InitPorts {
  readonly files: RepositoryFiles;
  readonly yaml: YamlTexts;
}
