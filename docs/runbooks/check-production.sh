#!/bin/sh
# Asks the three production endpoints and says one line for each.
# usage: [API_BASE=http://localhost:5000] [OPS_TOKEN=...] check-production.sh [base URL]
# exit:  0 well, 1 degraded, 2 failing, 3 no answer, 64 called wrongly
misused() {
  echo "check-production.sh: $1" >&2
  exit 64
}

base=${1:-${API_BASE:-${PROBITY:-http://localhost:5000}}}
base=${base%/}
[ $# -le 1 ] || misused "takes one base URL, such as http://localhost:5000, and not $#"
case $base in http://?* | https://?*) ;; *) misused "API_BASE must begin with http:// or https://, such as http://localhost:5000" ;; esac
command -v curl >/dev/null && command -v jq >/dev/null || misused 'needs curl and jq on the PATH'
worst=0

ask() {
  body=$(curl -sS --max-time 5 -H "Authorization: Bearer ${OPS_TOKEN:-}" "$base$1") || {
    echo "no answer from $base$1"
    exit 3
  }
  # A proxy, or something else on that port, answers too.
  printf '%s' "$body" | jq -e 'has("timestamp")' >/dev/null 2>&1 || {
    echo "no answer of Probity from $base$1"
    exit 3
  }
}

note() { [ "$1" -gt "$worst" ] && worst=$1; }

ask /api/production/ready
printf '%s' "$body" | jq -r '"ready      \(.ready)  \(.error // "work is accepted and kept")"'
printf '%s' "$body" | jq -e .ready >/dev/null || note 2

ask /api/production/queue/heartbeat
printf '%s' "$body" | jq -r '"heartbeat  \(.status.status)  \(.status.code): \(.status.message)"'
case $(printf '%s' "$body" | jq -r .status.status) in pass) ;; warn) note 1 ;; *) note 2 ;; esac

ask /api/production/health
printf '%s' "$body" | jq -r '"health     \(.status)  \([.checks | to_entries[] | select(.value.status != "pass") | "\(.key) \(.value.status)"] | join(", "))"'
case $(printf '%s' "$body" | jq -r .status) in healthy) ;; degraded) note 1 ;; *) note 2 ;; esac

exit "$worst"
