# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# test.sh - run the jobs of scripts/test, several at a time, and count their results.
# Sourced by scripts/test, whose $logs, $jobs, $machines, $passed, $failed, $build_failed and $ahead
# it uses.
# shellcheck disable=SC2154,SC2034

# run_one NAME: runs a job and reports it.
run_one() {
	timed "$1"
	report "$1"
	if [ "$1" = build ] && ! grep -q '^0 ' "$logs/build.status"; then build_failed=yes; fi
}

# If the build fails, all jobs that need it fail: an older module would mislead.
skip_machines() {
	local name rest=()
	[ -z "$ahead" ] || kill -- "-$ahead" 2>/dev/null || true # the guest is not needed now
	for name in "${machines[@]}"; do
		case "$name" in lint | host | workshop | mutants-edge) rest+=("$name"); continue ;; esac
		echo "FAIL $name  (not run, because the build failed)"
		failed=$((failed + 1))
	done
	machines=("${rest[@]}")
}

# timed NAME: writes NAME.log, and NAME.status with the exit status and the seconds.
timed() {
	local began=${EPOCHREALTIME/./} status
	set +e # in a condition, set -e would not hold inside the job
	(set -e; job "$1") >"$logs/$1.log" 2>&1
	status=$?
	set -e
	local took=$(((${EPOCHREALTIME/./} - began) / 100000))
	echo "$status $((took / 10)).$((took % 10))" >"$logs/$1.status"
}

# Each job is a process group of its own, so that an interrupt ends its machine too.
run_machines() {
	set -m
	local name next=0 running=() still alive
	while [ "$next" -lt "${#machines[@]}" ] || [ "${#running[@]}" -gt 0 ]; do
		while [ "$next" -lt "${#machines[@]}" ] && [ "${#running[@]}" -lt "$jobs" ]; do
			name=${machines[next]}
			rm -f "$logs/$name.status"
			timed "$name" &
			running+=("$name")
			next=$((next + 1))
		done
		wait -n || true
		still=() alive=$(jobs -pr)
		for name in "${running[@]}"; do
			if [ -s "$logs/$name.status" ]; then
				report "$name"
			elif [ -n "$alive" ]; then
				still+=("$name")
			else
				echo "FAIL $name  (it ended without a verdict; is the disk full?)"
				failed=$((failed + 1))
			fi
		done
		running=("${still[@]}")
	done
}

# end_all: ends the jobs that still run.
end_all() {
	local job
	for job in $(jobs -p); do kill -- "-$job" 2>/dev/null || true; done
	exit 130
}

# report NAME: prints one line, and the end of the log if it failed.
report() {
	local name=$1 status seconds good bad
	read -r status seconds <"$logs/$name.status"
	good=$(count_good "$name") bad=$(grep -c '^FAIL ' "$logs/$name.log" || true)
	has_checks "$name" || bad=0
	if [ "$status" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
	if [ "$status" = 0 ] && [ $((good + bad)) = 0 ]; then bad=1; fi
	passed=$((passed + good)) failed=$((failed + bad))
	if [ "$bad" = 0 ]; then
		echo "ok   $name  ($seconds s$([ "$good" = 1 ] || echo ", $good checks"))"
	else
		echo "FAIL $name  ($seconds s, $good passed, $bad failed)"
		show_failure "$name"
	fi
}

# has_checks NAME: whether its log has lines "ok NAME" and "FAIL NAME", each of which is a test.
has_checks() {
	case "$1" in wire | wire-on-* | rules | workshop | mutants-edge) ;; *) false ;; esac
}

# count_good NAME: the number of checks that passed in it.
count_good() {
	local log=$logs/$1.log status
	read -r status _ <"$logs/$1.status"
	case "$1" in
	wire | wire-on-* | rules | workshop | mutants-edge) grep -c '^ok ' "$log" || true ;;
	host)
		sed -n 's/^test result: .* \([0-9]*\) passed;.*/\1/p' "$log" |
			awk '{ n += $1 } END { print n + 0 }'
		;;
	*) [ "$status" = 0 ] && echo 1 || echo 0 ;;
	esac
}

show_failure() {
	! has_checks "$1" || { grep '^FAIL ' "$logs/$1.log" | sed '40q; s/^/  | /' || true; }
	{ grep -v '^\(ok\|FAIL\) ' "$logs/$1.log" || true; } | tail -n 20 | sed 's/^/  | /'
	echo "  | … the whole log is $logs/$1.log"
}
