#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# xt-tarpit top writes lines of JSON that parse, and a file that promtool accepts. It survives the
# module's absence, and in a flood it says what it samples and what it lost; its memory stays
# bounded.
#
# vm: --disk recipes-disk --smp 2
# needs: lib.sh writing_clients.py bpf.py flood_xdp.py frames.py ../recipes/top_lines.py
# artifacts: tools
. ./lib.sh

instances=/sys/kernel/tracing/instances

top() { ./tools/xt-tarpit top "$@"; }
no_instance() { [ -z "$(ls $instances)" ]; }
# watching: the program has an instance, and our tracepoints are enabled in it.
watching() { grep -sqx 1 "$instances"/xt-tarpit-top.*/events/xt_tarpit/enable; }
# said FILE EVENT [KEY=VALUE...]: a line of JSON has these.
said() { ./top_lines.py "$@" >/dev/null; }

link_pair
tarpit iptables -A INPUT -p tcp --dport 23 -j TARPIT --persist
both %T -A INPUT -p tcp --dport 80 -j TARPIT

claim "each line of JSON parses: who was held before, who comes, who goes, and the status"
peer ./writing_clients.py 1 10.0.0.1 23 10000 >/dev/null &
sleep 1
./tools/xt-tarpit top --json --interval 5 --forget 20 >/tmp/lines &
json=$!
eventually watching
peer python3 - <<'PY'
import socket, struct, time
client = socket.create_connection(("10.0.0.1", 23))
time.sleep(1)
client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
client.close()
PY
eventually said /tmp/lines held at_least=false mode=persist host_port=23
eventually said /tmp/lines gone why=reset
eventually said /tmp/lines held at_least=true mode=persist probes=1
eventually said /tmp/lines update address=10.0.0.2
eventually said /tmp/lines status one_of=1 evicted=0 events_lost=0
eventually said /tmp/lines gone why=quiet

claim "it goes on when the module comes back"
both %T -F
unload
sleep 3
both %T -A INPUT -p tcp --dport 80 -j TARPIT
eventually watching
before=$(wc -l </tmp/lines)
connects fd00::1 80
later() { tail -n +$((before + 1)) /tmp/lines >/tmp/later; said /tmp/later "$@"; }
eventually later held address=fd00::2
kill $json
wait $json
no_instance

claim "a reader that goes away ends it"
top --json --interval 1 | head -n 1 >/dev/null
no_instance

claim "promtool accepts the file, which goes with the program"
mkdir /tmp/collected
./tools/xt-tarpit top --prometheus /tmp/collected/top.prom --interval 2 --addresses 1 &
prometheus=$!
eventually watching
connects 10.0.0.1 80
eventually grep -qx 'xt_tarpit_top_held_total 2' /tmp/collected/top.prom
# The client of the claim before still repeats its FIN, so it has been held for longer.
same 'xt_tarpit_top_connections{address="fd00::2",mode="tarpit",country=""} 1' \
	"$(grep '^xt_tarpit_top_connections' /tmp/collected/top.prom)"
promtool check metrics </tmp/collected/top.prom
same 640 "$(stat -c %a /tmp/collected/top.prom)"
same top.prom "$(ls /tmp/collected)"
kill $prometheus
wait $prometheus
same '' "$(ls /tmp/collected)"

claim "in a flood it looks at samples and says so; its memory stays bounded"
ip -n tarpit link set t0 address 02:00:00:00:00:01
ip -n tarpit route add 10.7.0.0/16 dev dark0
./tools/xt-tarpit top --json --interval 1 --budget 2000 --rows 100 >/tmp/lines &
json=$!
eventually watching
sleep 2
small=$(awk '/^VmRSS/ { print $2 }' /proc/$json/status)
sent=$(inside tarpit ./flood_xdp.py t0 300000 syn4 | awk '{ n += $2 } END { print n }')
sleep 3
connects 10.0.0.1 80
eventually ./top_lines.py /tmp/lines flood "$sent"
large=$(awk '/^VmHWM/ { print $2 }' /proc/$json/status)
echo "  memory: $small KB before, $large KB at most in the flood"
between 0 $((small + 1024)) "$large"
kill $json
wait $json
no_instance
