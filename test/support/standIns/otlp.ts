// OTLP in JSON, as far as stand-ins look at it (opentelemetry.io/docs/specs/otlp).

export interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

interface Resource {
  resource: { attributes: readonly Attribute[] };
}

export interface ResourceSpans extends Resource {
  readonly scopeSpans: readonly { readonly spans: readonly { readonly traceId: string; readonly name: string }[] }[];
}

export interface ResourceLogs extends Resource {
  readonly scopeLogs: readonly {
    readonly logRecords: readonly { readonly timeUnixNano: string; readonly body: { readonly stringValue: string } }[];
  }[];
}

export interface ResourceMetrics extends Resource {
  readonly scopeMetrics: readonly {
    readonly metrics: readonly {
      readonly name: string;
      readonly gauge: { readonly dataPoints: readonly { readonly asDouble: number }[] };
    }[];
  }[];
}

export function toMap({ resource }: Resource): Map<string, string> {
  return new Map(resource.attributes.map(({ key, value }) => [key, value.stringValue]));
}

export function toAttributes(map: ReadonlyMap<string, string>): Attribute[] {
  return [...map].map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

/** As Loki and Prometheus write an attribute's name. */
export function toLabel(name: string): string {
  return name.replace(/[^a-zA-Z0-9_]/g, '_');
}
