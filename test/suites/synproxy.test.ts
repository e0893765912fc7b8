import { expect } from 'chai'
import { loadSuites, type Target } from '../../harness/index.ts'
import { steadOf } from '../../harness/run/stead.ts'
import { heldStrictly } from '../../harness/run/transparency.ts'
import { played, tried } from '../../harness/target/example-played.test.ts'
import { makeTarget } from '../../harness/target/targets.ts'

const ROOT = new URL('../../', import.meta.url).pathname

/** Openings that are whole, that break after each of their packets, and flows that break later, from either side. */
const SAMPLE =
  /\/(syn\/whole-flow|syn\/new-port-after-a-swap|syn-ack\/swap|ack\/end-of-the-opening|ack\/keepalive|data\/answer)\//
const WHOLE = /\/syn\/whole-flow\/policy:drop\//

/** What of which packets of a whole flow the kernel changes; to each family its own. */
const CHANGED = {
  ack: [1, 3, 4, 7, 8, 10],
  seq: [2, 5, 6, 9],
  timestamps: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  window: [2],
  'window scale': [2],
}
const CHANGED_OF = {
  ipv4: { ...CHANGED, identification: [1] },
  ipv6: { ...CHANGED, 'flow label': [1, 2], mss: [2] },
}

const made = (options: object = {}): Promise<Target> =>
  makeTarget({ kind: 'netfilter', ...options }, { name: 'netfilter', version: 'test' })

function casesFor(target: Target, names: RegExp) {
  return loadSuites(['core/first-packet'], [ROOT], steadOf(target))
    .flatMap((suite) => suite.cases)
    .filter(({ name }) => names.test(name))
}

describe('core behind a SYN proxy', function () {
  this.timeout(300_000)

  before(function () {
    if (process.getuid?.() !== 0) this.skip()
  })

  it('is decided packet by packet as without, under each policy and over both families', async () => {
    const plain = await made()
    const cases = casesFor(plain, SAMPLE)
    expect(cases).to.have.length(36)
    const expected = await played(plain, cases)
    expect([...expected.values()].map(({ outcome }) => outcome)).to.deep.equal(cases.map(() => 'pass'))
    expect([...expected].find(([name]) => WHOLE.test(name))?.[1].verdict).to.equal('ffffffffff')
    expect(await played(await made({ synproxy: true }), cases)).to.deep.equal(expected)
  })

  it('is whole behind a masquerade too', async () => {
    const target = await made({ synproxy: true, nat: 'masquerade' })
    const told = await played(target, casesFor(target, WHOLE))
    expect([...told.values()].map(({ outcome, verdict }) => `${outcome} ${verdict}`)).to.deep.equal([
      'pass ffffffffff',
      'pass ffffffffff',
    ])
  })

  it('fails where everything is to be unaltered, with each field that was changed', async () => {
    const target = await made({ synproxy: true, transparency: 'strict' })
    const cases = heldStrictly(casesFor(target, WHOLE), { by: 'target netfilter', transparency: 'strict' })
    const { told } = await tried(target, cases)
    for (const family of ['ipv4', 'ipv6'] as const) {
      const found = [...told.values()].find(({ case: { axes } }) => axes.family === family)
      expect(found?.outcome).to.equal('fail')
      const changed = new Map<string, number[]>()
      for (const { field = '', indices = [] } of found?.sightings ?? [])
        changed.set(field, [
          ...new Set([...(changed.get(field) ?? []), ...indices.map((index) => index + 1)]),
        ])
      const sorted = [...changed].map(([field, packets]) => [field, packets.sort((a, b) => a - b)])
      expect(Object.fromEntries(sorted), family).to.deep.equal(CHANGED_OF[family])
      const listed = found?.mismatches.find(({ phase }) => phase === 'unaltered')?.observed ?? ''
      for (const field of Object.keys(CHANGED_OF[family])) expect(listed).to.contain(`${field} `)
    }
  })
})
