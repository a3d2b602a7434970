// SPDX-License-Identifier: GPL-2.0
//! When an interface cannot have the program, and what to do about it.

/// What the kernel says of an interface and of the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Its driver takes VLAN tags out of frames.
    pub rxvlan: bool,
    /// It merges segments.
    pub lro: bool,
    /// /sys/fs/bpf is a file system of BPF.
    pub bpf: bool,
    /// Files of an earlier attachment are in this directory.
    pub pinned: Option<String>,
    pub module: bool,
}

impl Facts {
    /// Why the interface cannot have the program, in one sentence.
    pub fn refusal(&self, name: &str) -> Option<String> {
        if self.rxvlan {
            return Some(format!(
                "{name} takes VLAN tags out of frames, so replies would lack them; \
                 switch that off: ethtool -K {name} rxvlan off"
            ));
        }
        if self.lro {
            return Some(format!(
                "{name} merges segments (LRO), which XDP cannot answer; \
                 switch that off: ethtool -K {name} lro off"
            ));
        }
        if !self.bpf {
            return Some(
                "/sys/fs/bpf is no file system of BPF; mount one: mount -t bpf bpf /sys/fs/bpf"
                    .to_owned(),
            );
        }
        if let Some(place) = &self.pinned {
            return Some(format!(
                "{place} has an earlier attachment; remove it: xt-tarpit xdp detach {name}"
            ));
        }
        if !self.module {
            return Some(
                "the module xt_TARPIT is not loaded and modprobe cannot load it; \
                 ask xt-tarpit-doctor"
                    .to_owned(),
            );
        }
        None
    }
}

/// Why no program could be attached, in one sentence. `told` is what the kernel says, if anything.
pub fn not_attached(name: &str, generic: bool, told: &str, mtu: u32) -> String {
    let told = told.trim();
    if generic {
        return format!("{name} refuses the program: {told}");
    }
    match told.to_lowercase().contains("mtu") || mtu > 1500 {
        true => format!(
            "{name} with an MTU of {mtu} refuses native XDP: {told}; \
             lower the MTU, or use --generic, which is slower"
        ),
        false => format!("{name} refuses native XDP: {told}; use --generic, which is slower"),
    }
}

/// Another program is there already.
pub fn other_program(name: &str, id: u32) -> String {
    format!(
        "{name} has another XDP program (id {id}); remove it first: ip link set dev {name} xdp off"
    )
}

/// Neither the function nor a device.
pub fn no_way(told: &str) -> String {
    format!(
        "the module offers no bpf_xdp_tarpit() (docs/entrances.md says what that needs), and a \
         tarpit device with a lower device, which needs Linux 5.13, cannot be made: {}",
        told.trim()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fine() -> Facts {
        Facts {
            bpf: true,
            module: true,
            ..Facts::default()
        }
    }

    #[test]
    fn an_interface_without_faults_is_taken() {
        assert_eq!(fine().refusal("eth0"), None);
    }

    #[test]
    fn each_fault_is_one_sentence_with_its_remedy() {
        let with = |change: fn(&mut Facts)| {
            let mut facts = fine();
            change(&mut facts);
            facts.refusal("eth0").unwrap()
        };
        for (sentence, remedy) in [
            (with(|it| it.rxvlan = true), "ethtool -K eth0 rxvlan off"),
            (with(|it| it.lro = true), "ethtool -K eth0 lro off"),
            (with(|it| it.bpf = false), "mount -t bpf bpf /sys/fs/bpf"),
            (
                with(|it| it.pinned = Some("/place".to_owned())),
                "xt-tarpit xdp detach eth0",
            ),
            (with(|it| it.module = false), "xt-tarpit-doctor"),
        ] {
            assert!(sentence.ends_with(remedy), "{sentence}");
            assert!(!sentence.contains(". "), "{sentence}");
        }
    }

    #[test]
    fn native_xdp_is_not_the_only_way() {
        let told = "Peer MTU is too large to set XDP\n";
        assert_eq!(
            not_attached("eth0", false, told, 9000),
            "eth0 with an MTU of 9000 refuses native XDP: Peer MTU is too large to set XDP; \
             lower the MTU, or use --generic, which is slower"
        );
        assert_eq!(
            not_attached("eth0", false, "Operation not supported", 1500),
            "eth0 refuses native XDP: Operation not supported; use --generic, which is slower"
        );
        assert_eq!(
            not_attached("eth0", true, "Device busy", 9000),
            "eth0 refuses the program: Device busy"
        );
    }

    #[test]
    fn another_program_and_a_missing_way_are_named() {
        assert!(other_program("eth0", 7).contains("(id 7)"));
        assert!(other_program("eth0", 7).ends_with("ip link set dev eth0 xdp off"));
        assert!(no_way("Not supported\n").ends_with("cannot be made: Not supported"));
    }
}
