# SPDX-License-Identifier: GPL-2.0
# held.gp - draw held.png from the output of scrape.py and attackers.py: see run.
set terminal pngcairo size 1350,930 font "sans,14" background "white"
set output "/out/held.png"
set multiplot layout 2,1 margins 0.08,0.92,0.09,0.95 spacing 0.1
stats "scrape" using 1 nooutput
zero = STATS_min
minute(t) = (t - zero) / 60
set xrange [0:minute(STATS_max)]
set xtics 20
set grid lc rgb "#dddddd"
set border 3 lc rgb "#888888"
set tics nomirror

# The rate over ten minutes, as Prometheus computes it: samples are half a minute apart.
span = 20
array before[span]
n = 0
rate(t, s) = (slot = n % span + 1, old = n < span ? 0 : before[slot], before[slot] = s, \
	n = n + 1, (s - old) / (span * 30.0))

set key top right
set ylabel "attackers"
plot "truth" using (minute($1)):2 with steps lw 1 lc rgb "#999999" \
		title "at --persist, in truth", \
	"truth" using (minute($1)):3 with steps lw 1 dt 2 lc rgb "#999999" \
		title "at --tarpit, in truth", \
	"scrape" using (minute($1)):2 with lines lw 2 lc rgb "#1f77b4" \
		title "have come to --persist: handshakes\\_total", \
	"scrape" using (minute($1)):(rate($1, $4)) with lines lw 2 lc rgb "#d62728" \
		title "held by --persist: rate(persist\\_seconds\\_total[10m])"

set key bottom right
set xlabel "minutes"
set ylabel "hours"
set y2label "packets"
set y2tics
set border 11
plot "scrape" using (minute($1)):($4 / 3600) with lines lw 2 lc rgb "#d62728" \
		title "attackers' hours burnt by --persist: persist\\_seconds\\_total", \
	"scrape" using (minute($1)):5 axes x1y2 with lines lw 2 lc rgb "#2ca02c" \
		title "packets that we sent for all of it: replies\\_total"
