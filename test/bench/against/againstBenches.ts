import type { Bench } from '../figure';
import { activationAgainst } from './activationAgainst';
import { environmentsAgainst } from './environmentsAgainst';
import { listAgainst } from './listAgainst';
import type { OtherCommit } from './pairs';
import { sizesAgainst } from './sizesAgainst';

/** This commit beside another one, pair by pair: what a change of the whole house may cost. */
export function againstBenches(other: OtherCommit): readonly Bench[] {
  return [activationAgainst(other), sizesAgainst(other), listAgainst(other), environmentsAgainst(other)];
}
