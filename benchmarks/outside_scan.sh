#!/usr/bin/env bash
# Lets wapiti loose on the demo's pages under production settings, without a sign-in and as a teacher; docs/security.md.
#
# Needs wapiti in an environment of its own (python3 -m venv /tmp/wapiti && /tmp/wapiti/bin/pip install wapiti3), openssl,
# curl, and in the environment DATABASE_URL and REDIS_URL of stores that may be filled with invented people.
# benchmarks/outside_scan.sh [SECONDS per scan]; the reports are var/wapiti-nobody.json and var/wapiti-teacher.json.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly seconds="${1:-600}" port=8443 wapiti="${WAPITI:-/tmp/wapiti/bin/wapiti}"
readonly site="https://127.0.0.1:$port/" login="larare@solviken.example" password="fargkarta-demo"
work="$(mktemp -d)"
trap 'kill "$(cat "$work/pid" 2>/dev/null)" 2>/dev/null || true; rm -rf "$work"' EXIT

# Production as it is, but for the limits per person, which a scanner would meet after some hundred pages, and for the
# second factor, which it does not have: with it the teacher's scan would see the page where one is set up.
cat >"$work/scan_settings.py" <<'PYTHON'
from colourmaps.config.settings import *

LIMITS_PER_USER = {what: (10**9, 3600) for what in LIMITS_PER_USER}
SECOND_FACTOR_REQUIRED = False
PYTHON
export PYTHONPATH="$work" DJANGO_SETTINGS_MODULE=scan_settings ALLOWED_HOSTS=127.0.0.1 UPLOAD_ROOT="$work/uploads"
SECRET_KEY="$(openssl rand -base64 60 | tr -d '\n')"
IDENTITY_KEYS="$(openssl rand -base64 60 | tr -d '\n')"
export SECRET_KEY IDENTITY_KEYS

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 \
    -keyout "$work/key.pem" -out "$work/certificate.pem" 2>/dev/null
.venv/bin/python manage.py migrate --verbosity 0
.venv/bin/python manage.py seed_demo --pupils 400
.venv/bin/python manage.py collectstatic --noinput --verbosity 0
.venv/bin/gunicorn colourmaps.config.wsgi --bind "127.0.0.1:$port" --threads 4 --daemon --pid "$work/pid" \
    --certfile "$work/certificate.pem" --keyfile "$work/key.pem"
timeout 60 bash -c "until curl -sko /dev/null '${site}health/'; do sleep 1; done"

scan() {  # scan <name of the report> <more options…>
    "$wapiti" -u "$site" --scope folder --verify-ssl 0 --no-bugreport --flush-session --store-session "$work/$1" \
        --max-scan-time "$seconds" --max-attack-time 60 -f json -o "var/wapiti-$1.json" "${@:2}"
}

scan nobody
curl -sk -c "$work/jar" -o "$work/page" "${site}sign-in/"
token="$(grep -o 'name="csrfmiddlewaretoken" value="[^"]*"' "$work/page" | head -1 | cut -d'"' -f4)"
curl -sk -b "$work/jar" -c "$work/jar" -e "${site}sign-in/" -o /dev/null "${site}sign-in/" \
    -d "csrfmiddlewaretoken=$token&username=$login&password=$password"
cookies="$(awk '/__Host-/ {printf "%s=%s; ", $6, $7}' "$work/jar")"
scan teacher -H "Cookie: $cookies" -x "${site}sign-out/"
