#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""crowdsec_api.py - the part of CrowdSec's local API that its firewall bouncer uses.

    crowdsec_api.py PORT ADDRESS...      each ADDRESS is banned for an hour from the start
"""
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

PORT, ADDRESSES = int(sys.argv[1]), sys.argv[2:]


class Handler(BaseHTTPRequestHandler):
    """Answers GET /v1/decisions/stream: at the start all decisions, then no news."""

    def do_GET(self):
        decisions = [{"id": number, "type": "ban", "scope": "Ip", "value": address,
                      "duration": "1h0m0s", "origin": "test", "scenario": "test"}
                     for number, address in enumerate(ADDRESSES, 1)]
        starts = "startup=true" in self.path
        body = json.dumps({"new": decisions if starts else None, "deleted": None}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


HTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
