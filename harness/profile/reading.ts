import type { Reading } from '../model/reading.ts'
import type { Setup } from '../model/setup.ts'
import { getProfile } from './index.ts'

/** How a setup has its captures read. */
export function readingOf({ profile, tunnels }: Setup): Reading {
  const { knobs } = getProfile(profile)
  return {
    tunnels,
    ipv4InIpv4: knobs.ipv4InIpv4.value,
    fragments: {
      overlap: knobs.fragmentOverlap.value,
      timeout4: knobs.fragmentTimeout4.value,
      timeout6: knobs.fragmentTimeout6.value,
      timer: knobs.fragmentTimer.value,
      bothWays: knobs.fragmentBothWays.value,
    },
  }
}
