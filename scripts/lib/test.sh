# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# test.sh - run the jobs of scripts/test, several at a time, and report them as TAP.
# Sourced by scripts/test, whose $logs, $jobs, $machines, $passed, $failed, $build_failed and $ahead
# it uses.
# shellcheck disable=SC2154,SC2034

reported=0

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
		case "$name" in
		lint | host | workshop | mutants-edge | packaging) rest+=("$name"); continue ;;
		esac
		verdict 'not ok' "$name # not run, because the build failed"
		failed=$((failed + 1))
	done
	machines=("${rest[@]}")
}

# timed NAME: writes NAME.log, and NAME.status with the exit status and the seconds.
timed() {
	local began=${EPOCHREALTIME/./} status
	set +e # as a condition, the job would run without set -e
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
				verdict 'not ok' "$name # it ended without a verdict; is the disk full?"
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

# verdict 'ok'|'not ok' TEXT: a line of TAP on our standard output.
verdict() {
	reported=$((reported + 1))
	echo "$1 $reported - $2"
}

# report NAME: prints one line of TAP, and the end of the log if the job failed.
report() {
	local name=$1 status seconds good bad why
	read -r status seconds <"$logs/$name.status"
	read -r good bad why < <(write_tap "$name" "$status")
	passed=$((passed + good)) failed=$((failed + bad))
	if [ "$bad" != 0 ]; then
		verdict 'not ok' "$name # $seconds s, $good passed, $bad failed"
		show_failure "$name"
	elif [ "$good" = 0 ]; then
		verdict ok "$name # SKIP $why"
	else
		verdict ok "$name # $seconds s$([ "$good" = 1 ] || echo ", $good checks")"
	fi
}

# write_tap NAME STATUS: makes NAME.tap of NAME.log, and prints how many checks passed and how many
# failed; if there are none, because the job was skipped, also why.
#
# A job with checks writes TAP itself, with a plan; of cargo's output each test is a check; any
# other job is one check. A job skips itself with status 77 and a line "SKIP: REASON".
write_tap() {
	local kind=one
	case "$1" in
	wire | wire-by-* | wire-on-* | rules | workshop | mutants-edge | packaging) kind=tap ;;
	host) kind=cargo ;;
	esac
	awk -v name="$1" -v status="$2" -v kind="$kind" -v tap="$logs/$1.tap" '
		function put(good, text) {
			n[good]++
			print (good ? "ok " : "not ok ") ++all " - " text >tap
		}
		kind == "tap" && /^(not )?ok / {
			good = /^ok /
			sub(/^(not )?ok ([0-9]+ )?(- )?/, "")
			put(good, $0)
		}
		kind == "tap" && /^1\.\.[0-9]+$/ { plan = substr($0, 4) }
		kind == "cargo" && /^test .* \.\.\. (ok|FAILED)$/ { put($NF == "ok", $2) }
		/^SKIP: / && status == 77 { why = substr($0, 7) }
		END {
			if (why != "") print "ok 1 - " name " # SKIP " why >tap
			else if (kind == "one") put(status == 0, name)
			else if (kind == "tap" && plan != all + 0)
				put(0, name " came to its end (after " all + 0 " checks)")
			else if (!all || (status != 0 && !n[0])) put(0, name " ends with status 0")
			print "1.." (all ? all : 1) >tap
			print n[1] + 0, n[0] + 0, why
		}' "$logs/$1.log"
}

show_failure() {
	{ sed -n "/ - $1\$/d; s/^not ok [0-9]* - /# | not ok: /p" "$logs/$1.tap" | sed 40q; } || true
	{ grep -v '^\(not \)\?ok ' "$logs/$1.log" || true; } | tail -n 20 | sed 's/^/# | /'
	echo "# | … the whole log is $logs/$1.log"
}
