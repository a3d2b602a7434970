// SPDX-License-Identifier: GPL-2.0
//! Reads the tracepoints and keeps the table.

use crate::geoip::Countries;
use crate::json::What;
use crate::line::{connections, Line};
use crate::sample::Sampler;
use crate::status::Status;
use crate::table::{Gone, Millis, Table};
use crate::tracefs::Instance;
use crate::view::Snapshot;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Instant;

/// How much is kept, and for how long.
pub struct Limits {
    pub rows: NonZeroUsize,
    pub forget: Millis,
    pub budget: u64,
    pub geoip: Option<PathBuf>,
}

pub struct Watch {
    instance: Instance,
    table: Table,
    sampler: Sampler,
    countries: Countries,
    forget: Millis,
    start: Instant,
    checked: Millis,
    live: bool,
}

impl Watch {
    pub fn new(limits: &Limits) -> Result<Self, String> {
        let countries = Countries::open(limits.geoip.as_deref())?;
        Ok(Self {
            instance: Instance::new()?,
            table: Table::new(limits.rows),
            sampler: Sampler::new(limits.budget),
            countries,
            forget: limits.forget,
            start: Instant::now(),
            checked: 0,
            live: true,
        })
    }

    pub fn now(&self) -> Millis {
        Millis::try_from(self.start.elapsed().as_millis()).unwrap_or(Millis::MAX)
    }

    pub fn has_payload(&self) -> bool {
        self.instance.has_payload()
    }

    /// What to say of the module, if it is away.
    pub fn notice(&self) -> &'static str {
        if self.live {
            ""
        } else {
            "The module xt_TARPIT is not loaded; this goes on when it is."
        }
    }

    /// Reads what is there. `each` gets the rows that come and go.
    pub fn poll(&mut self, mut each: impl FnMut(What, Line)) -> Result<(), String> {
        let now = self.now();
        self.sampler.tick(now);
        if now.saturating_sub(self.checked) >= 1000 {
            self.checked = now;
            self.live = self.instance.is_live();
        }
        let (table, sampler, countries) = (&mut self.table, &mut self.sampler, &self.countries);
        let left = |gone: Gone| {
            let line = Line::new(&gone.key, &gone.row, now);
            (What::Gone(gone.why), line)
        };
        self.instance.drain(|decoder, record| {
            let Some(weight) = sampler.take() else { return };
            let Some(event) = decoder.decode(record) else {
                return;
            };
            let change = table.update(&event, (now, weight), || countries.of(event.key.peer.ip()));
            if let Some(gone) = change.gone {
                let (what, line) = left(gone);
                each(what, line);
            }
            if let (true, Some(row)) = (change.new, table.get(&event.key)) {
                each(What::Held, Line::new(&event.key, row, now));
            }
        })?;
        while let Some(gone) = table.expire(now, self.forget) {
            let (what, line) = left(gone);
            each(what, line);
        }
        Ok(())
    }

    pub fn status(&self) -> Status {
        Status::new(&self.table, &self.sampler, self.instance.lost)
    }

    pub fn lines(&self) -> Vec<Line> {
        connections(&self.table, self.now())
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            lines: self.lines(),
            status: self.status(),
        }
    }
}
