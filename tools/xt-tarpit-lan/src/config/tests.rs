// SPDX-License-Identifier: GPL-2.0
use super::*;

const LEAST: &str = "interface = \"eth0\"\nranges = [\"192.0.2.0/24\"]\n";

fn with(line: &str) -> Result<Config, String> {
    Config::read(&format!("{LEAST}{line}\n"), None)
}

#[test]
fn two_lines_are_enough_and_give_the_defaults() {
    let config = with("").unwrap();
    let ranges = vec!["192.0.2.0/24".parse().unwrap()];
    assert_eq!(
        config.settings,
        Settings {
            ranges,
            ..Settings::default()
        }
    );
    assert_eq!(
        (config.interface.as_str(), config.device.as_str()),
        ("eth0", "tarpit0")
    );
    assert_eq!(Config::read(LEAST, Some("eth1")).unwrap().interface, "eth1");
}

#[test]
fn spans_have_units() {
    for (text, ms) in [
        ("400ms", 400),
        ("1.5s", 1_500),
        ("10m", 600_000),
        ("0.25h", 900_000),
    ] {
        assert_eq!(text.parse(), Ok(Span(ms)), "{text}");
    }
    for text in [
        "", "10", "s", "1.2345s", "-1s", "1.s5", "1 s", "10y", "1.5.5s",
    ] {
        assert!(text.parse::<Span>().is_err(), "{text}");
    }
}

#[test]
fn unsafe_values_are_refused_with_a_sentence() {
    for (line, part) in [
        (
            "hold = \"30s\"",
            "hold is 30000 ms; it must be 60000 ms to 86400000 ms",
        ),
        ("seen = \"1s\"", "seen is"),
        ("probes = 2", "probes is 2; it must be 3 to 100"),
        ("max = 0", "max is 0"),
        ("arp-rate = 0", "arp-rate is 0"),
        ("exclude = [\"x\"]", "x is not an address"),
        ("ignore-macs = [\"02:00\"]", "02:00 is not a MAC address"),
        ("ranges6 = []", "unknown field `ranges6`"),
        ("gap = 5", "invalid type"),
    ] {
        let error = with(line).unwrap_err();
        assert!(error.contains(part), "{line}: {error}");
    }
}

#[test]
fn ranges_must_be_named_and_small_enough() {
    for (text, part) in [
        ("", "no interface is named"),
        ("interface = \"eth0\"", "no ranges are named"),
        (
            "interface = \"eth0\"\nranges = [\"10.0.0.0/15\"]",
            "131072 addresses",
        ),
        (
            "interface = \"eth0\"\nranges = [\"2001:db8::/64\"]",
            "more than 256 addresses",
        ),
        (
            "interface = \"eth0\"\nranges = [\"::/0\"]",
            "more than 256 addresses",
        ),
    ] {
        let error = Config::read(text, None).unwrap_err();
        assert!(error.contains(part), "{text}: {error}");
    }
}
