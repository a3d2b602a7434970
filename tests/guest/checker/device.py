# SPDX-License-Identifier: GPL-2.0
"""The wire files through a tarpit device: nft at the ingress of t0 sends to it what a rule matches.

Its replies are reflected, without a route. Files about the route back need `reply route` (ROUTED).
"""
from checker.lab import Lab, run, sysctl

PROTOCOL = {"ipv4": "ip", "ipv6": "ip6"}
ROUTED = {"a-reply-over-the-mtu-is-not-sent",
          "a-source-without-a-route-back-gets-silence",
          "ipv4-martian-sources-in-mangle-prerouting-get-silence",
          "ipv4-martian-sources-in-prerouting-get-silence",
          "ipv6-own-sources-in-forward-get-silence",
          "ipv6-own-sources-in-prerouting-get-silence",
          "prerouting-a-source-without-a-route-back-gets-silence"}
UNCHECKED = "IP has not checked what a device gets: the device drops and counts it"
UNVALIDATED = "a device does not validate sources"
SKIPPED = {"ipv4-martian-sources-never-reach-input": UNCHECKED,
           "ipv6-group-sources-get-silence": UNCHECKED,
           "ipv6-own-sources-get-silence": UNCHECKED,
           "loose-source-validation-holds-in-prerouting": UNVALIDATED,
           "strict-source-validation-holds-in-prerouting": UNVALIDATED}


def skipped(script):
    """Why the device cannot carry a file, or None."""
    return SKIPPED.get(script.name)


class DeviceLab(Lab):
    """The lab, with a tarpit device in place of the rules."""
    link = ()       # words of ip for its lower device

    def __init__(self):
        super().__init__()
        self.reply, self.matched = "auto", None
        run("ip", "link", "add", "tarpit0", *self.link, "type", "tarpit")
        run("ip", "link", "set", "tarpit0", "up")

    def rules(self, family, setting):
        """Sets the device up as the rule of a setting, and sends it what that rule matches."""
        _, _, match, rule, sysctls = setting
        mode = rule.replace("--", "") or "tarpit"
        # A device keeps its window as long as it keeps its mode.
        run("ip", "-batch", "-", text="".join(
            f"link change tarpit0 type tarpit {words}\n"
            for words in ("reset", f"{mode} reply {self.reply}")))
        if self.matched != (family, match):
            self.match(family, match)
        return [(key, sysctl(key, value)) for key, value in sysctls]

    def match(self, family, match):
        """Replaces the rule that sends packets to the device."""
        tcp = "meta l4proto tcp" if match == "-p tcp" else ""
        self.matched = family, match
        run("nft", "-f", "-", text=f"""
            table netdev tarpit {{ }}
            delete table netdev tarpit
            table netdev tarpit {{
                chain in {{
                    type filter hook ingress device "t0" priority -300
                    meta protocol {PROTOCOL[family]} {tcp} fwd to "tarpit0"
                }}
            }}""")
