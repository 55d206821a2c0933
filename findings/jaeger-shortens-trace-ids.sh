#!/usr/bin/env bash
# Jaeger's own model (github.com/jaegertracing/jaeger-idl v0.6.0, which Jaeger 2.13's query service answers with): a trace id whose first
# eight bytes are zero is written with 16 digits. OpenTelemetry (go.opentelemetry.io/otel/trace v1.38.0) and W3C Trace Context, in which
# programs write the same id into logs and headers, have 32. A query for either form finds the trace; what is answered is the short one.
# Expected: that one id has one text, that by which OpenTelemetry's own protocol, headers and logs know it.
# Why it matters: whoever leads from a log line to its trace, or compares the ids of an answer with those of headers, misses those that
# come from tracers of 64 bits, older ones of Zipkin and Datadog among them, though the trace is there.
# Source: run here; seen in the answers of a real Jaeger 2.13 as well.
set -euo pipefail
command -v go >/dev/null || { echo "go is not installed"; exit 2; }
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
export GOFLAGS= GOWORK=off GOTOOLCHAIN=local

cat >go.mod <<'MOD'
module finding

go 1.24.0

require (
	github.com/jaegertracing/jaeger-idl v0.6.0
	go.opentelemetry.io/otel/trace v1.38.0
)
MOD
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"

	jaeger "github.com/jaegertracing/jaeger-idl/model/v1"
	"go.opentelemetry.io/otel/trace"
)

func main() {
	id := trace.TraceID{8: 0x4b, 9: 0xf9, 15: 0x36}
	told := jaeger.NewTraceID(0, 0x4bf9000000000036)
	bytes := make([]byte, 16)
	if _, err := told.MarshalTo(bytes); err != nil {
		panic(err)
	}
	if [16]byte(bytes) != [16]byte(id) {
		panic("these are two ids")
	}
	text, err := json.Marshal(id)
	if err != nil {
		panic(err)
	}
	fmt.Println("OpenTelemetry", id, string(text))
	fmt.Println("Jaeger       ", told)
}
GO
go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
go list -m github.com/jaegertracing/jaeger-idl go.opentelemetry.io/otel/trace
said=$(go run .)
echo "$said"
expected='OpenTelemetry 00000000000000004bf9000000000036 "00000000000000004bf9000000000036"
Jaeger        4bf9000000000036'
[ "$said" = "$expected" ] || { echo "CHANGED"; exit 1; }
echo "SEEN: the same sixteen bytes are 32 digits to the one and 16 to the other"
