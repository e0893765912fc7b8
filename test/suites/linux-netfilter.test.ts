import { expect } from 'chai'
import { compare } from '../../harness/engine/conntrack/oracle-compare.test.ts'
import { Kernel, type KernelSetup, needsRoot } from '../../harness/engine/conntrack/oracle-kernel.test.ts'
import type { OracleCase } from '../../harness/engine/oracle-cases.test.ts'
import { CaptureStore, type Case, loadSuites } from '../../harness/index.ts'
import { offeredIn } from './linux-offered.ts'

const ROOT = new URL('../../', import.meta.url).pathname

/** Those that one kernel can be asked about at once: no silence is waited for, nothing is told between hosts, no other rules. */
const CASES = loadSuites(['linux-netfilter/**'], [ROOT])
  .flatMap(({ cases }) => cases)
  .filter(
    ({ setup, injections }) =>
      setup.topology.sharing.kind === 'none' &&
      setup.rules.length === 0 &&
      !injections.some(({ kind }) => kind === 'idle-gap'),
  )

/** By profile, how a kernel comes to it. */
const SWITCHES: Readonly<Record<string, Omit<KernelSetup, 'exception' | 'loose'>>> = {
  'linux-conntrack': {},
  'linux-invalid-dropped': { dropsInvalid: true },
  'linux-liberal': { sysctls: { nf_conntrack_tcp_be_liberal: 1 } },
  'linux-ignore-invalid-rst': { sysctls: { nf_conntrack_tcp_ignore_invalid_rst: 1 } },
}
const KNOBS = {
  'linux-liberal': { windowCheck: 'liberal' },
  'linux-ignore-invalid-rst': { ignoreInvalidReset: true },
} as const

const GROUPS = new Map<string, Case[]>()
for (const test of CASES) {
  const name = `${test.setup.profile} ${test.setup.policy.exception}`
  GROUPS.set(name, [...(GROUPS.get(name) ?? []), test])
}

async function differences(cases: readonly Case[]): Promise<{ packets: number; texts: string[] }> {
  const [first] = cases
  if (first === undefined) return { packets: 0, texts: [] }
  const { profile, policy } = first.setup
  const { exception } = policy
  const setup = { exception, loose: exception === 'continue', ...SWITCHES[profile] }
  const captures = new CaptureStore()
  const offered: OracleCase[] = []
  for (const test of cases) offered.push(...(await offeredIn(test, captures)))
  await using kernel = await Kernel.open(setup)
  const knobs = KNOBS[profile as keyof typeof KNOBS]
  const found = await compare(kernel, setup, offered, knobs === undefined ? {} : { knobs })
  return { packets: found.packets, texts: found.differences.map(({ text }) => text) }
}

describe('suites of Linux netfilter against the Linux kernel', function () {
  this.timeout(180_000)
  before(needsRoot)
  for (const [name, cases] of GROUPS)
    it(`${name}: says of each packet that a host is offered in ${cases.length} cases what the engine does`, async () => {
      const { packets, texts } = await differences(cases)
      expect(packets).to.be.at.least(cases.length)
      expect(texts).to.deep.equal([])
    })
})
