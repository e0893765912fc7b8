import { expect } from 'chai'
import type { Case } from '../../harness/model/case.ts'
import type { Target } from '../../harness/model/target.ts'
import { lacks } from '../../harness/plan/capabilities.ts'
import { loadSuites } from '../../harness/run/suites.ts'
import { expectSame, played } from '../../harness/target/example-played.test.ts'
import { makeTarget } from '../../harness/target/targets.ts'
import { seededRandom } from '../../harness/timeline/random.ts'
import { KernelLab } from './kernel-lab.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const SEED = Number(process.env.FLOWBREAK_SEED ?? 1)
/** Cases of each policy. */
const SAMPLE = process.env.FLOWBREAK_FULL === '1' ? Number.POSITIVE_INFINITY : 24

/** Those of the kernel as it comes, without a silence to wait for; a gateway load balancer takes no fragments back. */
function sampleOf(policy: string, { capabilities }: Target): readonly Case[] {
  const random = seededRandom(SEED)
  return loadSuites(['linux-netfilter/**'], [ROOT])
    .flatMap(({ cases }) => cases)
    .filter((test) => lacks(test, capabilities) === undefined)
    .filter(
      ({ setup, injections, capture }) =>
        setup.topology.sharing.kind === 'none' &&
        setup.profile === 'linux-conntrack' &&
        setup.ownProfile === undefined &&
        setup.policy.exception === policy &&
        setup.policy.tcpIdle === undefined &&
        !injections.some(({ kind }) => kind === 'idle-gap' || kind === 'timeout-change') &&
        !capture.includes('fragments'),
    )
    .map((test) => ({ test, place: random() }))
    .sort((a, b) => a.place - b.place)
    .slice(0, SAMPLE)
    .map(({ test }) => test)
}

describe(`an appliance that is written from the protocol, on the kernel (seed ${SEED})`, function () {
  this.timeout(300_000)
  before(function () {
    if (process.getuid?.() !== 0) this.skip()
  })

  for (const policy of ['drop', 'reject'] as const)
    it(`comes to what target netfilter does, case by case, under ${policy}`, async () => {
      const kernel = await makeTarget({ kind: 'netfilter' }, { name: 'kernel', version: 'test' })
      const cases = sampleOf(policy, kernel)
      expect(cases.length).to.be.at.least(10)
      const netfilter = await played(kernel, cases)
      await using lab = await KernelLab.open(policy)
      const told = await played(
        await makeTarget(lab.spec(policy), { name: 'appliance', version: 'test' }),
        cases,
      )
      expectSame(told, netfilter)
    })
})
