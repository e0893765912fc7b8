import type { FragmentReading, Reading } from '../model/reading.ts'
import type { Setup } from '../model/setup.ts'
import { type Knobs, profileOf } from './index.ts'

/** How captures are read under a setup. */
export function readingOf(setup: Setup): Reading {
  const { knobs } = profileOf(setup)
  return {
    tunnels: setup.tunnels,
    ipv4InIpv4: knobs.ipv4InIpv4.value,
    fragments: fragmentReadingOf(knobs),
  }
}

/** How a system reassembles fragments. */
export function fragmentReadingOf(knobs: Knobs): FragmentReading {
  return {
    overlap: knobs.fragmentOverlap.value,
    timeout4: knobs.fragmentTimeout4.value,
    timeout6: knobs.fragmentTimeout6.value,
    timer: knobs.fragmentTimer.value,
    bothWays: knobs.fragmentBothWays.value,
    linux: knobs.tracker.value === 'conntrack',
  }
}
