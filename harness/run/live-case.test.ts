import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Case } from '../model/case.ts'
import type { CaseFinished } from '../model/run-log.ts'
import type { Target } from '../model/target.ts'
import { FIXED_ENDS } from '../observe/live/control-ends.ts'
import { type Device, FakePort, passing } from '../observe/live/fake-port.test.ts'
import { IDLE } from '../observe/live/live-bench.test.ts'
import { LiveSession } from '../observe/live/session.ts'
import { loadSuite } from '../suite/cases.ts'
import { tried } from '../target/example-played.test.ts'
import { getTarget } from '../target/targets.ts'

const CAPTURES = new URL('../../captures', import.meta.url).pathname

/** The cases of a suite given as text. */
export function casesOf(suite: string): readonly Case[] {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-live-case-'))
  try {
    const file = join(folder, 'suite.yaml')
    writeFileSync(file, suite)
    return loadSuite(file, { captures: [CAPTURES] }).cases
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What stands behind the port of one session, and what it does when something happens to its hosts. */
export interface LiveDevice {
  readonly device: Device
  readonly happened?: (port: FakePort) => void
}

/** A live target on any machine: a function is the device. */
export function liveTarget(make: () => LiveDevice): Target {
  return {
    name: 'live',
    version: 'test',
    capabilities: {
      ...getTarget('reference', 'test').capabilities,
      clock: 'real',
      clockScale: 1000,
      observes: ['verdict', 'emitted', 'alterations'],
    },
    prepare: async ({ topology: { hosts } }) => {
      const { device, happened } = make()
      const port = new FakePort(device)
      const apply = async () => {
        happened?.(port)
        return false
      }
      return new LiveSession({
        port,
        hosts,
        clockScale: 1000,
        ends: FIXED_ENDS,
        actions: { ...IDLE, apply, counters: async () => hosts.map(() => ({})) },
        families: ['ipv4', 'ipv6'],
        limits: { marker: 20e9, settle: 20e9, leastLateness: 50e6 },
      })
    },
  }
}

export const isTcp = (frame: Uint8Array): boolean => ((frame[0] ?? 0) >> 4 === 6 ? frame[6] : frame[9]) === 6

/** What a function makes of segments, and nothing of the rest; resets of no connection, as in calibration, it drops. */
export function segments(what: Device): Device {
  return (arm, frame) => {
    if (!isTcp(frame)) return passing(arm, frame)
    return ((frame[33] ?? 0) & 4) !== 0 ? [] : what(arm, frame)
  }
}

/** What came of the only case of a suite. */
export async function playedLive(make: () => LiveDevice, suite: string): Promise<CaseFinished> {
  const { told, problems } = await tried(liveTarget(make), casesOf(suite))
  const [finished] = told.values()
  if (finished === undefined || problems.length > 0) throw new Error(problems.join('\n'))
  return finished
}
