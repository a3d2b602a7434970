// SPDX-License-Identifier: GPL-2.0
use super::*;

/// Our own address, the target, and the peer's address, in both families.
fn families() -> [[IpAddr; 3]; 2] {
    [
        ["192.0.2.1", "192.0.2.7", "192.0.2.9"].map(addr),
        ["fe80::1", "2001:db8::7", "2001:db8::9"].map(addr),
    ]
}

#[test]
fn what_we_write_is_what_we_mean() {
    let (peer, owner) = (PEER, OWNER);
    for [from, target, peer_addr] in families() {
        let ask = Out::Ask { from, target };
        let answer = Out::Answer {
            from,
            target,
            peer,
            peer_addr,
        };
        let over = |form| Out::HandOver {
            from,
            target,
            owner,
            peer,
            peer_addr,
            form,
        };
        let (announces, answers) = (over(Form::Announcement), over(Form::Answer));
        for (out, mac, sender, what) in [
            (ask, US, from, What::Question(target)),
            (answer, US, target, What::Answer),
            (announces, OWNER, target, What::Announcement),
            (answers, OWNER, target, What::Answer),
        ] {
            let got = read(&write(US, &out).unwrap()).unwrap();
            assert_eq!((got.mac, got.sender, got.what), (mac, Some(sender), what));
        }
        for out in [answer, announces, answers] {
            let frame = write(US, &out).unwrap();
            assert_eq!((&frame[..6], &frame[6..12]), (&PEER.0[..], &US.0[..]));
        }
    }
}

#[test]
fn questions_go_to_all_hosts_or_to_the_solicited_node_group() {
    let [v4, v6] = families().map(|[from, target, _]| write(US, &Out::Ask { from, target }));
    assert_eq!(v4.unwrap()[..6], [0xff; 6]);
    let v6 = v6.unwrap();
    assert_eq!(v6[..6], [0x33, 0x33, 0xff, 0, 0, 7]);
    assert_eq!(v6[38..54], hex("ff0200000000000000000001ff000007"));
}

#[test]
fn handovers_in_ipv4_have_the_forms_that_linux_takes() {
    let over = |form| {
        let [from, target, peer_addr] = families()[0];
        let (peer, owner) = (PEER, OWNER);
        let out = Out::HandOver {
            from,
            target,
            owner,
            peer,
            peer_addr,
            form,
        };
        write(US, &out).unwrap()
    };
    let [owner, peer] = ["020000000003c0000207", "020000000002c0000209"];
    for (form, target) in [(Form::Announcement, owner), (Form::Answer, peer)] {
        let body = hex(&format!("00010800060400{:02x}{owner}{target}", 2));
        assert_eq!(over(form)[14..], body, "{form:?}");
    }
}

#[test]
fn an_answer_in_ipv6_is_solicited_and_does_not_override_but_handovers_do() {
    let [from, target, peer_addr] = families()[1];
    let (peer, owner) = (PEER, OWNER);
    let flags = |out: Out| write(US, &out).unwrap()[58];
    let answer = Out::Answer {
        from,
        target,
        peer,
        peer_addr,
    };
    assert_eq!(flags(answer), 0x40);
    let over = |form| Out::HandOver {
        from,
        target,
        owner,
        peer,
        peer_addr,
        form,
    };
    assert_eq!(flags(over(Form::Announcement)), 0x20);
    assert_eq!(flags(over(Form::Answer)), 0x60);
}

#[test]
fn frames_of_two_families_are_not_written() {
    let (from, target) = (addr("192.0.2.1"), addr("2001:db8::7"));
    assert_eq!(write(US, &Out::Ask { from, target }), None);
    let (peer, peer_addr) = (PEER, addr("192.0.2.9"));
    let answer = Out::Answer {
        from,
        target,
        peer,
        peer_addr,
    };
    assert_eq!(write(US, &answer), None);
}
