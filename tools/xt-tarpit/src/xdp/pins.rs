// SPDX-License-Identifier: GPL-2.0
//! The files of an attachment in the file system of BPF: the link, the program and its maps.

use super::bpf;
use super::facts;
use super::interface;
use super::status::Attached;
use libbpf_rs::{ErrorKind, Link, MapCore, Object, Program};
use rustix::fs::{flock, FlockOperation};
use rustix::process::geteuid;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

const FILE_SYSTEM: &str = "/sys/fs/bpf";
pub const ROOT: &str = "/sys/fs/bpf/xt-tarpit";
const PROGRAM: &str = "program";
const LINK: &str = "link";

/// The directory of an attachment.
#[derive(Clone, Debug)]
pub struct Pins {
    /// The name of the interface when it was attached.
    pub name: String,
    /// Whether it was attached in this network namespace.
    pub here: bool,
    pub(super) place: PathBuf,
}

/// Where the program is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub attached: Attached,
    /// The interface, if it is in this network namespace: its index, and its name now.
    pub interface: Option<(u32, String)>,
}

impl Pins {
    /// The directory that an interface gets: its name, in which the file system allows no dot, and
    /// in a network namespace other than that of process 1 the number of the namespace.
    pub fn new(interface: &str) -> Result<Self, String> {
        let mut name = interface.replace('.', ":");
        if let Some(namespace) = namespace()? {
            name = format!("{name}@{namespace}");
        }
        Ok(Self {
            name: interface.to_owned(),
            here: true,
            place: Path::new(ROOT).join(name),
        })
    }

    /// The directory of the interface that has this name now. If it has none: the directory made
    /// under this name, unless an interface has the name now and the attachment is another one's.
    pub fn of(name: &str) -> Result<Option<Self>, String> {
        let index = interface::index_of(name)?;
        if let Some(index) = index {
            let now = |pins: &Self| {
                let standing = pins.standing();
                standing.is_ok_and(|it| it.interface.is_some_and(|(other, _)| other == index))
            };
            if let Some(pins) = Self::all()?.into_iter().find(now) {
                return Ok(Some(pins));
            }
        }
        let pins = Self::new(name)?;
        if !pins.exist()? {
            return Ok(None);
        }
        let is_another = index.is_some()
            && (pins.standing()).is_ok_and(|standing| standing.attached != Attached::No);
        Ok((!is_another).then_some(pins))
    }

    /// All directories, of all network namespaces.
    pub fn all() -> Result<Vec<Self>, String> {
        let failed = |error: io::Error| failed(&format!("cannot read {ROOT}"), &error);
        let here = namespace()?;
        let entries = match fs::read_dir(ROOT) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed)?,
        };
        let all = entries.map(|entry| {
            let place = entry.map_err(failed)?.path();
            let name = place.file_name().unwrap_or_default().to_string_lossy();
            let (name, namespace) = match name.rsplit_once('@') {
                Some((name, namespace)) => (name, Some(namespace)),
                None => (&*name, None),
            };
            Ok(Self {
                name: name.replace(':', "."),
                here: namespace == here.as_deref(),
                place: place.clone(),
            })
        });
        all.collect()
    }

    pub fn exist(&self) -> Result<bool, String> {
        self.place
            .try_exists()
            .map_err(|error| self.lost(&error.into()))
    }

    pub fn place(&self) -> String {
        self.place.display().to_string()
    }

    /// Makes the directory, which only one attachment can have.
    pub fn create(&self) -> Result<(), String> {
        let failed = |error| failed(&format!("cannot make {}", self.place()), &error);
        fs::create_dir_all(ROOT).map_err(failed)?;
        match fs::create_dir(&self.place) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(self.exists()),
            made => made.map_err(failed),
        }
    }

    /// Why no other attachment can have the directory. The interface may have a new name.
    fn exists(&self) -> String {
        let place = self.place();
        match self.standing() {
            Ok(Standing {
                interface: Some((_, name)),
                ..
            }) => facts::pinned(&name, &place),
            Ok(Standing {
                attached: Attached::Elsewhere,
                ..
            }) => facts::pinned_elsewhere(&place),
            _ => facts::pinned(&self.name, &place),
        }
    }

    /// Pins the program and its maps.
    pub fn pin(&self, object: &mut Object) -> Result<(), String> {
        for mut map in object.maps_mut() {
            let path = self.place.join(map.name());
            map.pin(&path).map_err(|error| pinning(&path, &error))?;
        }
        for mut program in object.progs_mut() {
            let path = self.place.join(PROGRAM);
            program.pin(&path).map_err(|error| pinning(&path, &error))?;
        }
        Ok(())
    }

    pub fn pin_link(&self, link: BorrowedFd<'_>) -> Result<(), String> {
        let path = self.place.join(LINK);
        bpf::pin(link, &path).map_err(|error| pinning(&path, &error.into()))
    }

    /// Removes the directory with all files, and that of all attachments if it is empty then.
    pub fn remove(&self) -> Result<(), String> {
        let failed = |error| failed(&format!("cannot remove {}", self.place()), &error);
        for entry in fs::read_dir(&self.place).map_err(failed)? {
            let file = entry.map_err(failed)?.path();
            unless_gone(fs::remove_file(file)).map_err(failed)?;
        }
        unless_gone(fs::remove_dir(&self.place)).map_err(failed)?;
        match fs::remove_dir(ROOT) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
            removed => unless_gone(removed).map_err(failed),
        }
    }

    pub fn program(&self) -> Result<OwnedFd, String> {
        Program::fd_from_pinned_path(self.place.join(PROGRAM)).map_err(|error| self.lost(&error))
    }

    /// The link, if there is one.
    pub fn link(&self) -> Result<Option<Link>, String> {
        if !self.has(LINK)? {
            return Ok(None);
        }
        let link = Link::open(self.place.join(LINK));
        link.map(Some).map_err(|error| self.lost(&error))
    }

    /// Where the program is attached. The index of an interface is one of its network namespace, so
    /// the interface of this namespace with that index may be another.
    pub fn standing(&self) -> Result<Standing, String> {
        let nowhere = Standing {
            attached: Attached::No,
            interface: None,
        };
        let lost = |error: io::Error| self.lost(&error.into());
        let Some(link) = self.link()? else {
            return Ok(nowhere);
        };
        let info = bpf::info(link.as_fd()).map_err(lost)?;
        if info.interface == 0 {
            return Ok(nowhere);
        }
        if let Some(name) = interface::name_of(info.interface)? {
            let attached = bpf::attached(info.interface).map_err(lost)?;
            if let Some((attached, _)) = attached.filter(|(_, id)| *id == info.program) {
                let interface = Some((info.interface, name));
                return Ok(Standing {
                    attached,
                    interface,
                });
            }
        }
        Ok(Standing {
            attached: Attached::Elsewhere,
            interface: None,
        })
    }

    /// Whether it has a file.
    pub fn has(&self, file: &str) -> Result<bool, String> {
        let file = self.place.join(file).try_exists();
        file.map_err(|error| self.lost(&error.into()))
    }

    /// Keeps other changes of the maps out until the result is dropped.
    pub fn lock(&self) -> Result<File, String> {
        lock(&self.place).map_err(|error| self.lost(&error.into()))
    }

    /// Keeps out what makes and removes directories, until the result is dropped.
    pub fn lock_all() -> Result<File, String> {
        lock(Path::new(FILE_SYSTEM))
            .map_err(|error| failed(&format!("cannot lock {FILE_SYSTEM}"), &error))
    }

    /// Why a file cannot be read.
    pub(super) fn lost(&self, error: &libbpf_rs::Error) -> String {
        let Self { name, .. } = self;
        let place = self.place();
        match error.kind() {
            ErrorKind::NotFound => {
                format!("{place} is incomplete; remove it: xt-tarpit xdp detach {name}")
            }
            kind => {
                let denied = kind == ErrorKind::PermissionDenied;
                facts::failed(&format!("cannot read {place}"), denied, error)
            }
        }
    }
}

fn lock(place: &Path) -> io::Result<File> {
    let file = File::open(place)?;
    flock(&file, FlockOperation::LockExclusive)?;
    Ok(file)
}

fn pinning(path: &Path, error: &libbpf_rs::Error) -> String {
    let denied = error.kind() == ErrorKind::PermissionDenied;
    facts::failed(&format!("cannot pin {}", path.display()), denied, error)
}

fn failed(what: &str, error: &io::Error) -> String {
    facts::failed(what, error.kind() == io::ErrorKind::PermissionDenied, error)
}

fn unless_gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// The number of this network namespace, if it is not that of process 1. The kernel does not show
/// that without CAP_SYS_PTRACE; a service of root without it runs where process 1 does.
fn namespace() -> Result<Option<String>, String> {
    let own = fs::read_link("/proc/self/ns/net");
    let own = own.map_err(|error| failed("cannot read /proc/self/ns/net", &error))?;
    match fs::read_link("/proc/1/ns/net") {
        Ok(first) if first == own => Ok(None),
        Ok(_) => {
            let text = own.to_string_lossy();
            let number = text
                .strip_prefix("net:[")
                .and_then(|it| it.strip_suffix(']'));
            Ok(number.map(str::to_owned))
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied && geteuid().is_root() => {
            Ok(None)
        }
        Err(error) => Err(failed("cannot read /proc/1/ns/net", &error)),
    }
}
