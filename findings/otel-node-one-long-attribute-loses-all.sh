#!/usr/bin/env bash
# OpenTelemetry for Node.js (@opentelemetry/sdk-node 0.301.0, resources 3.1.1) and for Python (opentelemetry-sdk 1.45.2), both given the same
# OTEL_RESOURCE_ATTRIBUTES: three attributes, one of which has a value of 256 characters.
#   1. Python has all three.
#   2. Node.js has none of them: a value above 255 characters is taken for a mistake of the whole variable. It is told at the level of debug
#      only, which nobody sees who has not set OTEL_LOG_LEVEL; spans go out with service.name and what the host says, as if nothing had been set.
# Expected: one reading of one variable. The specification has the variable discarded where it cannot be decoded, and no limit of a value's
# length there (OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT has none by default, and cuts).
# Why it matters: platforms put a branch's name, a commit's subject or a build's address there, beside the namespace and the environment by
# which telemetry is told apart. The day one is long, the services in one language are found under no environment any more.
# Source: run here; ResourceAttributesEnvDetector (_MAX_LENGTH); https://opentelemetry.io/docs/specs/otel/resource/sdk/
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for name in ${!OTEL_*}; do unset "$name"; done
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check opentelemetry-sdk==1.45.2
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --save-exact node@24.21.0 @opentelemetry/sdk-node@0.301.0 @opentelemetry/api@1.10.0

cat >app.cjs <<'JS'
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { trace } = require('@opentelemetry/api');
const told = ({ resource: { attributes } }) => {
  const has = (name) => `${name}=${String(attributes[name] ?? 'missing').slice(0, 10)}`;
  console.log(['service.name', 'k8s.namespace.name', 'deployment.environment.name', 'branch'].map(has).join(' '));
};
const nothing = async () => undefined;
const sdk = new NodeSDK({ spanProcessors: [{ onStart: () => undefined, onEnd: told, forceFlush: nothing, shutdown: nothing }] });
sdk.start();
trace.getTracer('app').startSpan('work').end();
void sdk.shutdown();
JS
cat >app.py <<'PYTHON'
from opentelemetry.sdk.resources import Resource
attributes = Resource.create().attributes
names = ["service.name", "k8s.namespace.name", "deployment.environment.name", "branch"]
print(" ".join(f"{name}={str(attributes.get(name, 'missing'))[:10]}" for name in names))
PYTHON

export OTEL_SERVICE_NAME=shop OTEL_TRACES_EXPORTER=none OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none
seen=
for length in 255 256; do
  OTEL_RESOURCE_ATTRIBUTES="k8s.namespace.name=team-a,deployment.environment.name=test,branch=$(printf 'b%.0s' $(seq "$length"))"
  export OTEL_RESOURCE_ATTRIBUTES
  node=$(node_modules/.bin/node app.cjs 2>&1)
  python=$(venv/bin/python app.py 2>&1)
  printf '%s characters\n  Node.js: %s\n  Python:  %s\n' "$length" "$node" "$python"
  seen+="$node|$python|"
done
all='service.name=shop k8s.namespace.name=team-a deployment.environment.name=test branch=bbbbbbbbbb'
none='service.name=shop k8s.namespace.name=missing deployment.environment.name=missing branch=missing'
[ "$seen" = "$all|$all|$none|$all|" ] || { echo "CHANGED: $seen"; exit 1; }
echo 'SEEN: one long value, and Node.js has none of the attributes'
