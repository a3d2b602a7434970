// SPDX-License-Identifier: GPL-2.0
use super::*;
use crate::frame::Mac;

fn config(more: &str) -> Config {
    let text = format!("interface = \"eth0\"\nranges = [\"192.0.2.0/24\"]\n{more}\n");
    Config::read(&text, None).unwrap()
}

fn link(index: u32, name: &str, kind: &str) -> Link {
    Link {
        index,
        name: name.to_string(),
        mac: Mac([2, 0, 0, 0, 0, 1]),
        ethernet: true,
        flags: 1,
        carrier: true,
        master: None,
        kind: kind.to_string(),
    }
}

fn survey() -> Survey {
    Survey {
        links: vec![link(2, "eth0", ""), link(3, "tarpit0", "tarpit")],
        addresses: vec![
            (2, "192.0.2.1/24".parse().unwrap()),
            (2, "fe80::1/64".parse().unwrap()),
        ],
        gateways: vec![(Some(2), "192.0.2.254".parse().unwrap(), true)],
    }
}

fn refusal(config: &Config, survey: &Survey, sysctls: Sysctls) -> String {
    let error = refuse(config, survey, sysctls).unwrap_err();
    assert!(!error.contains('\n'), "one sentence");
    error
}

#[test]
fn a_usual_host_is_not_refused() {
    assert_eq!(refuse(&config(""), &survey(), Sysctls::default()), Ok(()));
}

#[test]
fn each_unsuitable_interface_is_refused() {
    let usual = Sysctls::default();
    type Change = fn(&mut Survey);
    let cases: [(Change, &str); 9] = [
        (|s| s.links.clear(), "there is no interface eth0"),
        (|s| s.links[0].flags |= 0x8, "loopback"),
        (|s| s.links[0].flags |= 0x10, "has no ARP"),
        (|s| s.links[0].flags |= 0x80, "has no ARP"),
        (|s| s.links[0].ethernet = false, "has no ARP"),
        (
            |s| s.links[1].kind = "dummy".to_string(),
            "no tarpit device tarpit0",
        ),
        (|s| s.links[1].flags = 0, "no tarpit device tarpit0"),
        (|s| drop(s.links.pop()), "no tarpit device tarpit0"),
        (
            |s| s.addresses.clear(),
            "outside the networks of eth0 (none)",
        ),
    ];
    for (change, part) in cases {
        let mut survey = survey();
        change(&mut survey);
        let error = refusal(&config(""), &survey, usual);
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_port_is_refused_and_its_bridge_named_but_a_vrf_is_none() {
    let mut survey = survey();
    survey.links[0].master = Some(9);
    survey.links.push(link(9, "br0", "bridge"));
    let error = refusal(&config(""), &survey, Sysctls::default());
    assert!(
        error.contains("a port of br0; set interface = \"br0\""),
        "{error}"
    );
    survey.links[2].kind = "vrf".to_string();
    assert_eq!(refuse(&config(""), &survey, Sysctls::default()), Ok(()));
}

#[test]
fn hosts_that_answer_for_others_are_refused() {
    let arp = Sysctls {
        proxy_arp: true,
        ..Sysctls::default()
    };
    assert!(refusal(&config(""), &survey(), arp).contains("proxy_arp is on"));
    let ndp = Sysctls {
        proxy_ndp: true,
        ..Sysctls::default()
    };
    assert_eq!(
        refuse(&config(""), &survey(), ndp),
        Ok(()),
        "without IPv6 ranges"
    );
}

#[test]
fn the_lans_router_is_refused_without_a_word() {
    let forwarding = Sysctls {
        forwarding: true,
        ..Sysctls::default()
    };
    assert_eq!(
        refuse(&config(""), &survey(), forwarding),
        Ok(()),
        "it has a gateway there"
    );
    let mut survey = survey();
    survey.gateways[0].0 = Some(7);
    assert!(refusal(&config(""), &survey, forwarding).contains("router = true"));
    assert_eq!(
        refuse(&config("router = true"), &survey, forwarding),
        Ok(())
    );
    assert_eq!(
        refuse(&config(""), &survey, Sysctls::default()),
        Ok(()),
        "no router"
    );
}

#[test]
fn a_range_that_is_partly_outside_is_refused() {
    let text = "interface = \"eth0\"\nranges = [\"192.0.2.250-192.0.3.5\"]";
    let config = Config::read(text, None).unwrap();
    let error = refusal(&config, &survey(), Sysctls::default());
    assert!(
        error.contains("192.0.2.250-192.0.3.5 is outside"),
        "{error}"
    );
}

#[test]
fn the_plan_names_what_is_not_taken_and_why() {
    let text = plan(&config("exclude = [\"192.0.2.16/28\"]"), &survey());
    for line in [
        "192.0.2.0-192.0.2.255: 236 of 256 may be taken if unused",
        "  not 192.0.2.1: an address of this host",
        "  not 192.0.2.254: a gateway",
        "192.0.2.23 and 8 more: excluded",
        "at most 236 at once",
    ] {
        assert!(text.contains(line), "{text}");
    }
}
