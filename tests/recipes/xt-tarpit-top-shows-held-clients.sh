#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# xt-tarpit top shows real held clients in a terminal (tmux): rows appear, are sorted, filtered and
# frozen, the screen follows a resize, and whatever ends the program, its tracefs instance is gone.
#
# vm: --disk recipes-disk --smp 2
# needs: lib.sh writing_clients.py
# artifacts: tools
. ./lib.sh

instances=/sys/kernel/tracing/instances
export TERM=xterm LC_ALL=C.UTF-8

top() { ./tools/xt-tarpit top "$@"; }
keys() { tmux send-keys -t top "$@"; }
screen() { tmux capture-pane -p -t top; }
shows() { screen | grep -qE -- "$1"; }
hides() { ! shows "$1"; }
# peers: the ports of the peers on the screen, from top to bottom.
peers() { screen | grep -oE '^10\.0\.0\.2:[0-9]+' | cut -d : -f 2; }
no_instance() { [ -z "$(ls $instances)" ]; }
one_instance() { [ "$(cd $instances && echo xt-tarpit-top.*)" = "$(ls $instances)" ]; }
# on_screen: starts it in a terminal of 120 by 20.
on_screen() {
	tmux -u -f /dev/null new-session -d -s top -x 120 -y 20 "./tools/xt-tarpit top; sleep 1000"
	eventually shows 'q quit'
}
ended() {
	tmux kill-server 2>/dev/null || true
	eventually no_tmux
}
no_tmux() { ! pgrep tmux >/dev/null; }
# line NUMBER PATTERN: this line of the screen.
line() { screen | sed -n "$1p" | grep -qE -- "$2"; }

claim "without the module, root or a terminal it says what to do"
refused top --json
grep -q 'the module xt_TARPIT is not loaded; add a TARPIT rule, or run modprobe' /tmp/refused
modprobe xt_TARPIT
refused setpriv --reuid 1000 --clear-groups ./tools/xt-tarpit top --json
grep -q 'only root may read tracepoints' /tmp/refused
refused top </dev/null
grep -q 'top needs a terminal' /tmp/refused
refused top --json --geoip /etc/passwd
grep -q '/etc/passwd cannot be read as a GeoIP database' /tmp/refused
umount /sys/kernel/tracing
refused top --json
grep -q 'mount -t tracefs' /tmp/refused
mount -t tracefs tracefs /sys/kernel/tracing
no_instance

trap 'screen 2>&1 || true' EXIT # If a claim fails, it shows why.
link_pair
tarpit iptables -A INPUT -p tcp --dport 23 -j TARPIT --persist
both %T -A INPUT -p tcp --dport 80 -j TARPIT

claim "clients that are held get a row each"
on_screen
one_instance
peer ./writing_clients.py 4 10.0.0.1 23 10000 >/dev/null &
# shellcheck disable=SC2016 # The inner shell expands it.
peer bash -c 'exec 3<>/dev/tcp/10.0.0.1/80 4<>/dev/tcp/fd00::1/80; sleep 10000' &
eventually shows '6 connections held, [0-9]+ events/s, all read'
shows '^10\.0\.0\.2:[0-9]+ +10\.0\.0\.1:23 +persist +- +[0-9]+ s +[0-9]+ s +[0-9]+$'
shows '^\[fd00::2\]:[0-9]+ +\[fd00::1\]:80 +tarpit '

claim "the longest held is first; r reverses, < sorts by the column before"
longest=$(peers)
keys r
eventually shows 'HELD\^'
same "$(echo "$longest" | tac)" "$(peers)"
keys '<'
eventually shows 'CC\^'
keys '<' '<' '<'
eventually shows 'PEER\^'
same "$(peers | sort -n)" "$(peers)"

claim "a filter hides the other rows; an address is one row of all its connections"
keys / '10.0.0.1:23'
eventually hides ':80 '
same 4 "$(peers | wc -l)"
keys Enter a
eventually shows '^10\.0\.0\.2:\* +10\.0\.0\.1:23 +persist +- +4 '
keys a Escape
eventually shows ':80 '

claim "frozen it shows the same, then what has come meanwhile"
keys Space
eventually shows '^FROZEN'
frozen=$(screen)
connects 10.0.0.1 80
sleep 5
same "$frozen" "$(screen)"
keys Space
eventually shows '7 connections held'

claim "it follows a resize"
tmux resize-window -t top -x 60 -y 6
eventually line 6 '^q quit'
line 3 '^PEER'
tmux resize-window -t top -x 120 -y 20
eventually shows '7 connections held, .* all read'

claim "q ends it, the terminal is as before, and nothing is left in tracefs"
keys q
eventually no_instance
eventually hides 'q quit'
ended

for signal in TERM HUP INT; do
	claim "SIG$signal ends it, and nothing is left in tracefs"
	on_screen
	one_instance
	pkill -$signal -x xt-tarpit
	eventually no_instance
	ended
done
claim "a closed terminal ends it"
on_screen
ended
eventually no_instance
claim "what a killed one left goes with the next start"
on_screen
pkill -KILL -x xt-tarpit
sleep 1
one_instance
top --json --interval 1 | head -n 1 >/dev/null
no_instance
ended
