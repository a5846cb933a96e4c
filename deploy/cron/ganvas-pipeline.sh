#!/usr/bin/env bash
# The road from a crawl to a published model, for those who need no scheduler but cron:
# collect → check → review → pack → train → evaluate → gate → export → publish.
#
#   ganvas-pipeline.sh SETTINGS
#
# SETTINGS is a file like settings.sh beside this script. What is done already is not done twice, so the script may be
# started as often as one likes: it goes on where it was stopped, and while people still review it ends and says so.
# All is written to logs/DATE.log in the folder HOME_FOLDER; a failure also to standard error, for cron to mail.
# Exit codes: 0 well, or waiting for the review; 3 the gate stayed shut; else that of the command that failed.
set -euo pipefail

settings=${1:?"usage: ganvas-pipeline.sh SETTINGS"}
HOME_FOLDER=~/ganvas GANVAS=ganvas
SOURCES=() CATALOGUE=catalogue RULES=portrait WAIT_FOR_REVIEW=yes
RECIPE=dcgan-64-small SETTINGS=() KIMG=
FEATURES=effnet METRIC=kid_effnet AT_MOST=0.1 AT_LEAST=
NAME=portraits SETS=sets RUNS=runs BUNDLES=bundles
TRIES=4 PAUSE=60
# shellcheck source=settings.sh
source "$settings"

mkdir -p "$HOME_FOLDER/logs"
cd "$HOME_FOLDER"
log=logs/$(date -u +%Y-%m-%d).log
no=3  # the exit code of `ganvas` that is an answer and no fault

if command -v flock >/dev/null; then # one at a time; the lock goes when the script does
  exec 9>.pipeline.lock
  if ! flock --nonblock 9; then
    echo "$(date -u +%FT%TZ) another one is at work" >>"$log"
    exit 0
  fi
fi

say() { echo "$(date -u +%FT%TZ) $*" >>"$log"; }

fail() { # CODE STEP LAST: cron mails what stands on standard error
  say "$2 ended with exit code $1"
  echo "ganvas pipeline: $2 ended with exit code $1: $3 (all of it: $HOME_FOLDER/$log)" >&2
  exit "$1"
}

# One command, its output into the log and its last line into $last; again after a pause that doubles each time.
# Answers (0 and 3) and a stop by hand (130) come back at once.
try() {
  local code pause=$PAUSE count=1 said
  while :; do
    say "ganvas $*"
    said=$(mktemp)
    code=0
    "$GANVAS" "$@" </dev/null >"$said" 2>&1 9>&- || code=$?
    cat "$said" >>"$log"
    last=$(tail -n 1 "$said")
    rm -f "$said"
    case $code in 0 | "$no" | 130) return "$code" ;; esac
    ((count < TRIES)) || return "$code"
    say "exit code $code, try $count of $TRIES; again in $pause s"
    sleep "$pause"
    count=$((count + 1)) pause=$((pause * 2))
  done
}

must() { # STEP ARGUMENTS…
  local step=$1 code=0
  shift
  try "$@" || code=$?
  ((code == 0)) || fail "$code" "$step" "$last"
}

sets=() kimg=() bounds=()
for change in ${SETTINGS[@]+"${SETTINGS[@]}"}; do sets+=(--set "$change"); done
[[ -z $KIMG ]] || kimg=(--kimg "$KIMG")
[[ -z $AT_MOST ]] || bounds+=(--at-most "$AT_MOST")
[[ -z $AT_LEAST ]] || bounds+=(--at-least "$AT_LEAST")

missed=
for source in ${SOURCES[@]+"${SOURCES[@]}"}; do # a source that fails does not keep the others waiting
  eval "arguments=($source)"                    # written as on a command line; the settings are a script anyway
  try collect --catalog "$CATALOGUE" "${arguments[@]}" || missed="$source: $last"
done
[[ -z $missed ]] || fail 2 collect "$missed"

must check curate "$CATALOGUE" --rules "$RULES"
if [[ $WAIT_FOR_REVIEW == yes ]]; then
  code=0
  try review "$CATALOGUE" --status || code=$?
  if ((code == no)); then
    say "waiting for the review: $last"
    exit 0
  fi
  ((code == 0)) || fail "$code" review "$last"
fi
must pack pack "$CATALOGUE" --for "$RECIPE" ${sets[@]+"${sets[@]}"} --into "$SETS"
set=$last # its name follows from its content: the same pictures and settings, the same run
run=$RUNS/$(basename "$set" .zip)
must train train "$RECIPE" --data "$set" --run "$run" --train-only ${kimg[@]+"${kimg[@]}"} ${sets[@]+"${sets[@]}"}
must evaluate evaluate "$run" --features "$FEATURES"
must gate gate "$run" --metric "$METRIC" ${bounds[@]+"${bounds[@]}"}
must export export "$run"
code=0
try publish "$run" --to "$BUNDLES" --name "$NAME" --if-better "$METRIC" || code=$?
((code == 0 || code == no)) || fail "$code" publish "$last" # a model that is not better than the last is no accident
say "done: $last"
