import { expect } from 'chai'
import { type Case, loadSuites, type Target } from '../../harness/index.ts'
import { steadOf } from '../../harness/run/stead.ts'
import { heldStrictly } from '../../harness/run/transparency.ts'
import { played, tried } from '../../harness/target/example-played.test.ts'
import { makeTarget } from '../../harness/target/targets.ts'

const ROOT = new URL('../../', import.meta.url).pathname

/** Openings that are whole, that break after each of their packets, and flows that break later, from either side. */
const SAMPLE =
  /\/(syn\/whole-flow|syn\/new-port-after-a-swap|syn-ack\/swap|ack\/end-of-the-opening|ack\/keepalive|data\/answer)\//
/** What is decided otherwise by nature: docs/targets.md has the rule of each. */
const OTHERWISE: Readonly<Record<string, RegExp>> = {
  'resets to the client':
    /\/resets\/(exact\/server|after\/by-the-server)\/|\/closed\/by-reset\/|\/beyond-window\/request\//,
  'resets of the host to the client': /\/closing-anomaly\/(last-ack|server-closed-first)\/policy:reject\//,
  'beyond the window of the client':
    /\/beyond-window\/(answer|policy:)|\/out-of-window\/beyond\/|\/ack-unseen\/policy:reject\//,
  'a SYN on an entry that is being closed': /\/closed\/(last-ack|close-wait)\//,
  'a SYN while the server still has the connection': /\/trap\/(challenge|felt|challenge-with-an-old-echo)\//,
  'errors of the client over IPv4': /\/path-mtu-discovery\/.*ipv4/,
}
const SAMPLE_OTHERWISE =
  /\/(resets\/exact\/server|beyond-window\/answer|path-mtu-discovery)\/policy:drop\/family:ipv4/
/** Every case of core, which takes more than half an hour; else a sample. */
const FULL = process.env.FLOWBREAK_FULL === '1'

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
  return loadSuites(['core'], [ROOT], steadOf(target))
    .flatMap((suite) => suite.cases)
    .filter(({ name }) => names.test(name))
}

/** What a target makes of those cases that it has all for. */
async function decided(target: Target, cases: readonly Case[]) {
  const { told, problems } = await tried(target, cases)
  expect(problems.filter((text) => !text.includes(' lacks '))).to.deep.equal([])
  return new Map(
    [...told].map(([name, { outcome, trace }]) => {
      const emitted = (trace?.emitted ?? []).map(
        (each) => `${each.index} ${each.kind} ${each.to} ${each.acceptable}`,
      )
      return [name, { outcome, verdict: trace?.verdict ?? '', emitted: emitted.sort() }]
    }),
  )
}

describe('core behind a SYN proxy', function () {
  this.timeout(FULL ? 7_200_000 : 300_000)

  before(function () {
    if (process.getuid?.() !== 0) this.skip()
  })

  it('is decided packet by packet as without, under each policy and over both families', async () => {
    const plain = await made()
    const cases = casesFor(plain, FULL ? /^/ : SAMPLE).filter(
      ({ name }) => !Object.values(OTHERWISE).some((rule) => rule.test(name)),
    )
    if (!FULL) expect(cases).to.have.length(36)
    const expected = await decided(plain, cases)
    expect([...expected.values()].every(({ outcome }) => outcome === 'pass')).to.equal(true)
    expect([...expected].find(([name]) => WHOLE.test(name))?.[1].verdict).to.equal('ffffffffff')
    expect(await decided(await made({ synproxy: true }), cases)).to.deep.equal(expected)
  })

  it('is decided otherwise by nature where a rule of the page of targets says so', async () => {
    const plain = await made()
    const cases = casesFor(plain, SAMPLE_OTHERWISE)
    const expected = await played(plain, cases)
    const told = await played(await made({ synproxy: true }), cases)
    const changes = cases.map(({ name }) => {
      const [was, is] = [expected.get(name)?.verdict ?? '', told.get(name)?.verdict ?? '']
      const at = [...was].flatMap((letter, n) => (letter === is[n] ? [] : [`${n + 1}:${letter}${is[n]}`]))
      return `${name.split('/').at(-3)} ${at.join(' ')} ${told.get(name)?.emitted.join(' ')}`
    })
    expect(changes).to.have.members([
      'answer 12:df ',
      'path-mtu-discovery 11:fd ',
      // The reset that came out is one about the end of the opening, by its number.
      'server 13:fd 2 tcp-rst client true',
    ])
    expect(cases.every(({ name }) => Object.values(OTHERWISE).some((rule) => rule.test(name)))).to.equal(true)
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
