#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Take all packets, and keep them, until SIGTERM comes: hold_packets.py MEGABYTES FILE

FILE appears when it has begun. The status is 1 if there was no room for a packet, which
was not shared then.
"""
import pathlib
import signal
import socket
import struct
import sys

ETH_P_ALL = 3
SO_RCVBUFFORCE = 33
SOL_PACKET, PACKET_STATISTICS = 263, 6

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
tap.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, int(sys.argv[1]) << 19)  # The kernel doubles it.
pathlib.Path(sys.argv[2]).touch()
signal.sigwait([signal.SIGTERM])
_, dropped = struct.unpack("II", tap.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
sys.exit(dropped > 0)
