#!/usr/bin/env bash
# An agent and a customer without windows, driven by JSON lines (docs/automation.md): the agent opens a
# session, the customer joins it by number and allows the agent to look, and a picture of the customer's
# screen is saved.
#
#   DESKSIDE_PASSWORD=… examples/headless-pair.sh http://127.0.0.1:8740 ana picture.png
#
# Needs a running server with that account, a display, and jq. DESKSIDE names another program than
# the one in PATH.
set -euo pipefail
server=${1:?address of the server} name=${2:?account} picture=$(realpath -m "${3:-picture.png}")
: "${DESKSIDE_PASSWORD:?the password of the account}"
deskside=${DESKSIDE:-deskside}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkfifo "$work"/{agent,customer}.{in,out}

# tell WHO FILTER [jq options]: one command, made by jq.
tell() {
  local fd=$1 filter=$2
  shift 2
  jq -cn "$@" "$filter" >&"$fd"
}

# wait_for FD FILTER: the first thing that the filter finds in the lines from there on.
wait_for() {
  local line found
  while read -r line <&"$1"; do
    found=$(jq -r "($2) // empty" <<<"$line" 2>/dev/null) || continue
    [ -z "$found" ] || { echo "$found"; return; }
  done
  echo "it ended before: $2" >&2
  return 1
}

"$deskside" --headless --server "$server" --home "$work/agent" agent --name "$name" --start \
  <"$work/agent.in" >"$work/agent.out" &
exec 3>"$work/agent.in" 4<"$work/agent.out"
number=$(wait_for 4 '.view.screen.session.number')
echo "session $number"

"$deskside" --headless --server "$server" --home "$work/customer" join "$number" \
  <"$work/customer.in" >"$work/customer.out" &
exec 5>"$work/customer.in" 6<"$work/customer.out"
wait_for 4 'select(.view.screen.session.others[0].link.state == "secure") | "the two are connected"'

tell 3 '{do: "ask", act: "view"}'
request=$(wait_for 6 '.view.screen.session.prompt.request')
tell 5 '{do: "answer", request: $request, allow: true}' --argjson request "$request"
wait_for 4 'select(.view.screen.session.sharing.width > 0) | "the customer allowed it"'

# The first picture is there within moments; ask until it is.
until
  tell 3 '{do: "screenshot", path: $path}' --arg path "$picture"
  [ "$(wait_for 4 'select(.event == "screenshot" or .event == "error") | .event')" = screenshot ]
do :; done
echo "saved $picture"

tell 3 '{do: "end"}'
wait_for 4 'select(.view.screen.screen == "ended") | "ended"'
tell 3 '{do: "quit"}'
wait
