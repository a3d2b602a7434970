# SPDX-License-Identifier: GPL-2.0
"""The wire files through a conntrack helper: a rule of nft gives it to what a file's rule matches.

Connection tracking is in front of the helper. It sees no connection in a segment that is damaged or
cannot begin one, so that the next rule drops it, and the helper does not count it.
"""
from checker.lab import Lab, run, sysctl

FAMILY = {"ipv4": "ip", "ipv6": "ip6"}
UNTRACKED = "connection tracking finds no connection in a FIN, a RST, a SYN-ACK or odd flags"
REASSEMBLED = "connection tracking reassembles fragments"
SKIPPED = {"honeypot-acks-carry-timestamps-only-in-answer": UNTRACKED,
           "honeypot-closes-gracefully": UNTRACKED,
           "honeypot-syn-ack-gets-a-reset": UNTRACKED,
           "persist-answers-every-kind-of-probe": UNTRACKED,
           "persist-syn-ack-gets-a-reset": UNTRACKED,
           "reset-ack-gets-rst-at-its-number": UNTRACKED,
           "reset-counts-syns-by-their-sender": UNTRACKED,
           "syns-count-by-their-sender": UNTRACKED,
           "reset-odd-flags-get-rst-ack": UNTRACKED,
           "ipv6-fragments-get-silence": REASSEMBLED,
           "ipv6-fragments-in-input-get-silence": REASSEMBLED}


def skipped(script):
    """Why the helper cannot carry a file, or None."""
    if "--window" in script.rule:
        return "a helper has no window"
    return SKIPPED.get(script.name)


class HelperLab(Lab):
    """The lab, with a conntrack helper in place of the rules."""
    unseen = True       # A segment without a reply may be dropped before the helper counts it.

    def rules(self, family, setting):
        """Replaces all rules with one that gives the helper of a setting to what that matches."""
        _, hook, match, rule, sysctls = setting
        mode = rule.replace("--", "") or "tarpit"
        name = "tarpit" if mode == "tarpit" else f"tarpit-{mode}"
        tcp = "meta l4proto tcp" if match == "-p tcp" else ""
        hook = {"INPUT": "input", "FORWARD": "forward", "PREROUTING": "prerouting"}[hook]
        run("nft", "-f", "-", text=f"""
            flush ruleset
            table {FAMILY[family]} t {{
                ct helper hold {{ type "{name}" protocol tcp; }}
                chain c {{
                    type filter hook {hook} priority 0
                    iifname != "t0" accept
                    {tcp} ct state new ct status ! confirmed ct helper set "hold" accept
                    {tcp} drop
                }}
            }}""")
        return [(key, sysctl(key, value)) for key, value in sysctls]
