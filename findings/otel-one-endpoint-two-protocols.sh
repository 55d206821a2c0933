#!/usr/bin/env bash
# OpenTelemetry for Python (opentelemetry-distro 0.66b2, exporters 1.45.2) and for Node.js (@opentelemetry/sdk-node 0.301.0), started with
# one OTEL_EXPORTER_OTLP_ENDPOINT that names port 4318's kind of server, OTLP over HTTP. Node.js posts to /v1/traces there. Python's
# `opentelemetry-instrument` speaks gRPC to the same address: the server hears "PRI * HTTP/2.0", and Python tells of an "UNAVAILABLE" that
# it will try again. With OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf both post.
# Expected: that an http:// address without a protocol means one thing (the specification: "SHOULD be http/protobuf").
# Why it matters: whoever starts services of several languages and gives them the address alone gets the traces of some of them. The
# services run well, and the word in the log reads as if the server were away.
# Source: run here; https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specify-protocol
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
for name in ${!OTEL_*}; do unset "$name"; done
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check opentelemetry-distro==0.66b2 opentelemetry-exporter-otlp==1.45.2
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --save-exact @opentelemetry/sdk-node@0.301.0 @opentelemetry/api@1.10.0

# Tells what each connection begins with, and answers what is HTTP/1.1.
cat >server.py <<'PYTHON'
import socket
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(20)
open("port", "w").write(str(listener.getsockname()[1]))
while True:
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(10)
        try:
            first = connection.recv(65536)
            with open("heard", "ab") as heard: heard.write(first.split(b"\r\n")[0] + b"\n")
            if first.startswith(b"POST"): connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        except OSError: pass
PYTHON
cat >one.py <<'PYTHON'
from opentelemetry import trace
with trace.get_tracer("one").start_as_current_span("one"): pass
PYTHON
cat >one.cjs <<'JS'
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { trace } = require('@opentelemetry/api');
const sdk = new NodeSDK();
sdk.start();
trace.getTracer('one').startSpan('one').end();
void sdk.shutdown();
JS
python3 server.py &
server=$!
until [ -s port ]; do sleep 0.1; done
export OTEL_EXPORTER_OTLP_ENDPOINT OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none
OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$(cat port)
heard() { # command
  : >heard
  timeout 120 "$@" >output 2>&1 || true
  sort -u heard | paste -sd,
}
said="Node.js: $(heard node one.cjs)
Python: $(heard venv/bin/opentelemetry-instrument venv/bin/python one.py)
$(grep -o 'Transient error StatusCode.UNAVAILABLE' output | sort -u)
Python, told http/protobuf: $(OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf heard venv/bin/opentelemetry-instrument venv/bin/python one.py)"
echo "$said"
expected='Node.js: POST /v1/traces HTTP/1.1
Python: PRI * HTTP/2.0
Transient error StatusCode.UNAVAILABLE
Python, told http/protobuf: POST /v1/traces HTTP/1.1'
[ "$said" = "$expected" ] || { echo "CHANGED"; exit 1; }
echo "SEEN: one address, two protocols"
