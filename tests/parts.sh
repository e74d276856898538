#!/usr/bin/env bash
# Run commands, one per argument, whatever happened to those before; at the end say how each went, and fail if one did.
outcomes=() failed=0
for command in "$@"; do
    echo "=== $command"
    began=$SECONDS
    if bash -c "$command"; then
        outcome="passed"
    else
        outcome="FAILED"
        failed=1
    fi
    outcomes+=("$outcome after $((SECONDS - began)) s: $command")
done
echo
printf '%s\n' "${outcomes[@]}"
exit "$failed"
