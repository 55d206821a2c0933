/** One step of a request: it takes what the steps before it know, and hands on more. Throws a StatusError that ends the request. */
export type Stage<Context, In, Out> = (context: Context, value: In) => Out | Promise<Out>;

/** Who hears that a request has entered a stage. */
export interface StageContext {
  readonly onStage?: ((name: string) => void) | undefined;
}

/**
 * A list of stages, each of which takes what the one before it gives: the compiler holds their order. Lists branch where requests do, and
 * what two have in common is one and the same.
 */
export class Stages<Context extends StageContext, In, Out> {
  private constructor(readonly pass: (context: Context, value: In) => Promise<Out>) {}

  static begin<Context extends StageContext, In, Out>(
    name: string,
    stage: Stage<Context, In, Out>,
  ): Stages<Context, In, Out> {
    return new Stages(async (context, value) => enter(name, stage, context, value));
  }

  then<Next>(name: string, stage: Stage<Context, Out, Next>): Stages<Context, In, Next> {
    return new Stages(async (context, value) => enter(name, stage, context, await this.pass(context, value)));
  }
}

function enter<Context extends StageContext, In, Out>(
  name: string,
  stage: Stage<Context, In, Out>,
  context: Context,
  value: In,
): Out | Promise<Out> {
  context.onStage?.(name);
  return stage(context, value);
}
