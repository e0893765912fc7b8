#!/usr/bin/env bash
# The step of the action: plays, writes every report, adds to the job's summary, and ends with flowbreak's exit code. Inputs come by the
# environment, a word a line, so that none of them is read as shell.
set -uo pipefail

words() {
  # The lines of a text that are not empty, into the array that is named.
  local -n into=$1
  local line
  into=()
  while IFS= read -r line; do
    [[ -n $line ]] && into+=("$line")
  done <<<"$2"
}

words command "${FLOWBREAK_COMMAND:-}"
words suites "${FLOWBREAK_SUITES:-}"
words arguments "${FLOWBREAK_ARGUMENTS:-}"
((${#command[@]} > 0)) || command=(npx --no-install flowbreak)
reports=${FLOWBREAK_REPORTS:-flowbreak-reports}

"${command[@]}" run ${suites[@]+"${suites[@]}"} \
  --target "${FLOWBREAK_TARGET:-reference}" \
  --output "$reports/runs" \
  --reporter github \
  --reporter "html=$reports/report.html" \
  --reporter "json=$reports/report.json" \
  --reporter "junit=$reports/junit.xml" \
  --reporter "ctrf=$reports/ctrf.json" \
  --reporter "sarif=$reports/report.sarif" \
  --reporter "markdown=$reports/report.md" \
  ${arguments[@]+"${arguments[@]}"}
code=$?

# Bad usage ends before there is a report.
if [[ -n ${GITHUB_STEP_SUMMARY:-} && -f $reports/report.md ]]; then
  cat "$reports/report.md" >>"$GITHUB_STEP_SUMMARY"
fi
if [[ -n ${GITHUB_OUTPUT:-} ]]; then
  printf 'exit-code=%s\nreports=%s\n' "$code" "$reports" >>"$GITHUB_OUTPUT"
fi
exit "$code"
