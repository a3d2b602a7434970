// SPDX-License-Identifier: GPL-2.0
//! When an interface cannot have the program, and what to do about it.

/// Features that take VLAN tags out of frames, as ethtool -k shows and as ethtool -K takes them.
const TAGS: [(&str, &str); 2] = [
    ("rx-vlan-hw-parse", "rxvlan"),
    ("rx-vlan-stag-hw-parse", "rx-vlan-stag-hw-parse"),
];
const LRO: &str = "rx-lro";

/// What the kernel says before anything is loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The features of the interface that are on.
    pub features: Vec<String>,
    /// /sys/fs/bpf is a file system of BPF.
    pub bpf: bool,
    /// Files of an earlier attachment are in this directory.
    pub pinned: Option<String>,
    /// The interface has this program.
    pub program: Option<u32>,
}

impl Facts {
    /// Why the interface cannot have the program, in one sentence.
    pub fn refusal(&self, name: &str) -> Option<String> {
        let on = |feature: &str| self.features.iter().any(|one| one == feature);
        let tags: Vec<&str> = TAGS
            .iter()
            .filter(|(feature, _)| on(feature))
            .map(|(_, word)| *word)
            .collect();
        if !tags.is_empty() {
            return Some(format!(
                "{name} takes VLAN tags out of frames, so replies would lack them; \
                 switch that off: ethtool -K {name} {} off",
                tags.join(" off ")
            ));
        }
        if on(LRO) {
            return Some(format!(
                "{name} merges segments (LRO), which XDP cannot answer; \
                 switch that off: ethtool -K {name} lro off"
            ));
        }
        if !self.bpf {
            return Some(
                "/sys/fs/bpf is no file system of BPF; \
                 mount one: mount -t bpf -o mode=700 bpf /sys/fs/bpf"
                    .to_owned(),
            );
        }
        if let Some(place) = &self.pinned {
            return Some(pinned(name, place));
        }
        self.program.map(|id| other_program(name, id))
    }
}

/// An earlier attachment is there.
pub fn pinned(name: &str, place: &str) -> String {
    format!("{place} has an earlier attachment; remove it: xt-tarpit xdp detach {name}")
}

/// An earlier attachment is there, and its interface is in another network namespace.
pub fn pinned_elsewhere(place: &str) -> String {
    format!(
        "{place} has the attachment of an interface that is now in another network namespace; \
         detach it there, by the name that xt-tarpit xdp status shows there"
    )
}

/// The entry of an earlier attachment means nothing to this version.
pub fn unknown(name: &str, place: &str) -> String {
    format!("{place} is of another version of xt-tarpit; remove it: xt-tarpit xdp detach {name}")
}

/// Another program is there. What attached it decides how it is detached.
fn other_program(name: &str, id: u32) -> String {
    format!(
        "{name} has another XDP program (id {id}); stop what attached it, or detach it: \
         `bpftool link detach` if `bpftool link` shows it, else `ip link set dev {name} xdp off`"
    )
}

/// The module is missing.
pub const NO_MODULE: &str =
    "the module xt_TARPIT is not loaded and modprobe cannot load it; ask xt-tarpit-doctor";

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

/// No device can be made. `asked` says that the user wants one; else the module has no function.
/// `told` is what ip says.
pub fn no_way(asked: bool, told: &str) -> String {
    // The module says this before Linux 5.13.
    let told = match told.contains("too old for a lower device") {
        true => "a lower device needs Linux 5.13",
        false => told.trim(),
    };
    match asked {
        true => format!("a tarpit device with a lower device cannot be made: {told}"),
        false => format!(
            "the module offers no bpf_xdp_tarpit() (docs/entrances.md says what that needs), and \
             a tarpit device with a lower device cannot be made: {told}"
        ),
    }
}

/// An error, where the lack of rights is one.
pub fn failed(what: &str, denied: bool, error: &dyn std::fmt::Display) -> String {
    match denied {
        true => format!("{what}: this needs root ({error})"),
        false => format!("{what}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fine() -> Facts {
        Facts {
            features: vec!["rx-gro".to_owned(), "rx-vlan-filter".to_owned()],
            bpf: true,
            ..Facts::default()
        }
    }

    fn with(change: impl Fn(&mut Facts)) -> String {
        let mut facts = fine();
        change(&mut facts);
        facts.refusal("eth0").unwrap()
    }

    #[test]
    fn an_interface_without_faults_is_taken() {
        assert_eq!(fine().refusal("eth0"), None);
    }

    #[test]
    fn each_fault_is_one_sentence_with_its_remedy() {
        let feature = |name: &str| with(|it| it.features.push(name.to_owned()));
        for (sentence, remedy) in [
            (feature("rx-vlan-hw-parse"), "ethtool -K eth0 rxvlan off"),
            (
                feature("rx-vlan-stag-hw-parse"),
                "ethtool -K eth0 rx-vlan-stag-hw-parse off",
            ),
            (feature("rx-lro"), "ethtool -K eth0 lro off"),
            (
                with(|it| it.bpf = false),
                "mount -t bpf -o mode=700 bpf /sys/fs/bpf",
            ),
            (
                with(|it| it.pinned = Some("/place".to_owned())),
                "xt-tarpit xdp detach eth0",
            ),
            (
                with(|it| it.program = Some(7)),
                "`ip link set dev eth0 xdp off`",
            ),
            (NO_MODULE.to_owned(), "xt-tarpit-doctor"),
        ] {
            assert!(sentence.ends_with(remedy), "{sentence}");
            assert!(!sentence.contains(". "), "{sentence}");
        }
    }

    #[test]
    fn one_command_switches_off_both_kinds_of_tags() {
        let sentence = with(|it| {
            it.features.push("rx-vlan-stag-hw-parse".to_owned());
            it.features.push("rx-vlan-hw-parse".to_owned());
        });
        let remedy = "ethtool -K eth0 rxvlan off rx-vlan-stag-hw-parse off";
        assert!(sentence.ends_with(remedy), "{sentence}");
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
    fn another_program_may_have_a_link() {
        let sentence = other_program("eth0", 7);
        assert!(sentence.contains("(id 7)") && sentence.contains("bpftool link detach"));
    }

    #[test]
    fn what_keeps_a_device_from_being_made_is_said() {
        let busy = "Error: Device busy\n";
        assert_eq!(
            no_way(true, busy),
            "a tarpit device with a lower device cannot be made: Error: Device busy"
        );
        let neither = no_way(false, busy);
        assert!(neither.starts_with("the module offers no bpf_xdp_tarpit()"));
        assert!(neither.ends_with("cannot be made: Error: Device busy"));
        let old = "Error: this kernel is too old for a lower device; leave out link.";
        assert!(no_way(true, old).ends_with("cannot be made: a lower device needs Linux 5.13"));
    }

    #[test]
    fn the_lack_of_rights_is_named() {
        assert_eq!(
            failed("cannot read x", true, &"EPERM"),
            "cannot read x: this needs root (EPERM)"
        );
        assert_eq!(failed("cannot read x", false, &"EIO"), "cannot read x: EIO");
    }
}
