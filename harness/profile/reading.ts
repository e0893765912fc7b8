import type { FragmentReading, Reading } from '../model/reading.ts'
import type { Setup } from '../model/setup.ts'
import { type Knobs, profileOf } from './index.ts'

/** How a setup has its captures read. */
export function readingOf(setup: Setup): Reading {
  const { knobs } = profileOf(setup)
  return {
    tunnels: setup.tunnels,
    ipv4InIpv4: knobs.ipv4InIpv4.value,
    fragments: fragmentReadingOf(knobs),
  }
}

/** How a system puts fragments together. */
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
