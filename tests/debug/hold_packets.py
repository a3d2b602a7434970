#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Receives all packets and keeps them until SIGTERM: hold_packets.py MEGABYTES FILE

It creates FILE when it has started. The status is 1 if a packet did not fit into the buffer, and
was thus not shared.
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
