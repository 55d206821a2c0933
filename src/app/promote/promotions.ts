import type { UseCase } from '../run/run';
import type { PromotionPlan, PromotionRequest } from './planPromotion';
import type { PromoteBranchRequest, Promotion } from './promoteBranch';

export interface Promotions {
  /** What it would do, and what stands in its way. Starts and changes nothing. */
  readonly plan: UseCase<PromotionRequest, PromotionPlan>;
  readonly promote: UseCase<PromoteBranchRequest, Promotion>;
}
