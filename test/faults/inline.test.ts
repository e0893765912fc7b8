import { readdirSync } from 'node:fs'
import {
  bridge,
  firewalls,
  hostsOf,
  inline,
  router,
} from '../../harness/target/inline/example-device.test.ts'
import type { Lab } from '../../harness/target/lab/lab.ts'
import { KERNEL_FAULTS, KERNEL_WITHOUT, strikeKernel } from './kernel.ts'
import { describeFaults, type Fault } from './matrix.ts'
import type { Moment } from './moments.ts'

/** Those that are there before the target is proved. */
const FIRST: readonly Fault[] = [
  { name: 'forwards everything', liar: true, told: /lets everything through/ },
  { name: 'is a bridge', liar: true, told: /lets everything through/ },
  { name: 'drops everything but controls', liar: true, told: /lets only control packets through/ },
  { name: 'swaps two arms', told: /arms are exchanged/ },
  { name: 'kills one of two hosts', told: /interface c1 has no carrier/ },
  { name: 'kills', told: /interface c0 has no carrier/ },
  { name: 'freezes', told: /ERR_CALIBRATION/ },
  { name: 'mutes one direction', told: /sent by the server arm of fw-a does not come out/ },
]

const made: string[] = []

async function labWith(fault: string | undefined, moment: Moment | undefined): Promise<Lab> {
  const atFirst = moment === undefined
  if (atFirst && fault === 'forwards everything') return router()
  if (atFirst && fault === 'is a bridge') return bridge()
  const lab = await firewalls('drop')
  if (atFirst && fault !== undefined) await strikeKernel(fault, [lab.host(0), lab.host(1)])
  return lab
}

describeFaults({
  name: 'inline',
  profile: 'linux-conntrack',
  gap: '3s',
  skips: () => process.getuid?.() !== 0,
  faults: [...FIRST, ...KERNEL_FAULTS],
  without: KERNEL_WITHOUT,
  sample: 5,
  open: async (fault, moment) => {
    const lab = await labWith(fault, moment)
    made.push(lab.outer, lab.host(0), lab.host(1))
    const bridged = fault === 'is a bridge' ? { hosts: hostsOf(lab, { routes: false }) } : {}
    return {
      target: await inline(lab, { families: ['ipv4'], ...bridged }),
      strike: () => strikeKernel(fault ?? '', [lab.host(0), lab.host(1)]),
      [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
    }
  },
  leftovers: () => readdirSync('/run/netns').filter((name) => made.includes(name)),
  timeout: 120_000,
})
