# SPDX-License-Identifier: GPL-2.0
# Rules, how they are listed ("=": as given), and whether they are accepted.
# The format is that of iptables' own iptables-test.py; tests/rules/run reads it.
:INPUT
*filter
-j TARPIT;-j TARPIT --tarpit;OK
-p tcp -j TARPIT;-p tcp -j TARPIT --tarpit;OK
-p tcp -m tcp --dport 23 -j TARPIT --tarpit;=;OK
-p tcp -j TARPIT --tarpit;=;OK
-p tcp -j TARPIT --tarpit --window 0;-p tcp -j TARPIT --tarpit;OK
-p tcp -j TARPIT --tarpit --window 1;=;OK
-p tcp -j TARPIT --tarpit --window 65535;=;OK
-p tcp -j TARPIT --window 5;-p tcp -j TARPIT --tarpit --window 5;OK
-p tcp -j TARPIT --window 0x10;-p tcp -j TARPIT --tarpit --window 16;OK
-p tcp -j TARPIT --window 5 --tarpit;-p tcp -j TARPIT --tarpit --window 5;OK
-p tcp -j TARPIT --persist;=;OK
-j TARPIT --persist;=;OK
-p tcp -j TARPIT --persist --window 0;-p tcp -j TARPIT --persist;OK
-p tcp -j TARPIT --persist --window 1;=;OK
-p tcp -j TARPIT --persist --window 65535;=;OK
-p tcp -j TARPIT --window 1000 --persist;-p tcp -j TARPIT --persist --window 1000;OK
-p tcp -j TARPIT --honeypot;=;OK
-j TARPIT --honeypot;=;OK
-p tcp -j TARPIT --honeypot --window 1;=;OK
-p tcp -j TARPIT --honeypot --window 65534;=;OK
-p tcp -j TARPIT --honeypot --window 65535;-p tcp -j TARPIT --honeypot;OK
-p tcp -j TARPIT --window 1000 --honeypot;-p tcp -j TARPIT --honeypot --window 1000;OK
-p tcp -j TARPIT --reset;=;OK
-j TARPIT --reset;=;OK
-p tcp -j TARPIT --tarpit --window 65536;;FAIL
-p tcp -j TARPIT --tarpit --window -1;;FAIL
-p tcp -j TARPIT --tarpit --window 5x;;FAIL
-p tcp -j TARPIT --tarpit --window;;FAIL
-p tcp -j TARPIT --window 5 --window 5;;FAIL
-p tcp -j TARPIT --honeypot --window 0;;FAIL
-p tcp -j TARPIT --window 0 --honeypot;;FAIL
-p tcp -j TARPIT --honeypot --window 65536;;FAIL
-p tcp -j TARPIT --persist --window 65536;;FAIL
-p tcp -j TARPIT --reset --window 1;;FAIL
-p tcp -j TARPIT --tarpit --honeypot;;FAIL
-p tcp -j TARPIT --persist --tarpit;;FAIL
-p tcp -j TARPIT --reset --persist;;FAIL
-p tcp -j TARPIT --honeypot --reset;;FAIL
-p tcp -j TARPIT --tarpit --tarpit;;FAIL
-p tcp -j TARPIT ! --reset;;FAIL
-p tcp -j TARPIT --teergrube;;FAIL
:INPUT,FORWARD
*security
-p tcp -j TARPIT --persist;=;OK
:PREROUTING,INPUT,FORWARD
*mangle
-p tcp -j TARPIT --honeypot --window 1000;=;OK
:PREROUTING
*raw
-p tcp -j TARPIT --tarpit;=;OK
:OUTPUT
*raw
-p tcp -j TARPIT --tarpit;;FAIL
:OUTPUT,POSTROUTING
*mangle
-p tcp -j TARPIT --reset;;FAIL
:OUTPUT
*filter
-p tcp -j TARPIT --honeypot;;FAIL
:PREROUTING,INPUT
*nat
-p tcp -j TARPIT --tarpit;;FAIL
