import type { SampleRepositories } from '../../core/ports/sampleRepositories';
import type { UseCase } from '../run/run';

export interface SampleRequest {
  /** Folder that it is put into. */
  readonly parent: string;
}

/** A repository to try Coppice on. @returns its folder */
export function makeSample({ samples }: { readonly samples: SampleRepositories }): UseCase<SampleRequest, string> {
  return ({ parent }, { signal }) => samples.make(parent, signal);
}
