/** Which Gateway of the Gateway API. */
export interface GatewayPlace {
  readonly namespace: string;
  readonly name: string;
}

export function gatewayText({ namespace, name }: GatewayPlace): string {
  return `${namespace}/${name}`;
}
