import { expect } from 'chai'
import { loadSuites } from '../../harness/index.ts'
import { expectSame, played } from '../../harness/target/example-played.test.ts'
import { makeTarget } from '../../harness/target/targets.ts'

const ROOT = new URL('../../', import.meta.url).pathname

/** Cases whose packets meet a host's translation in each of its ways: made, missing for what either side sends, made anew. */
const SAMPLE =
  /^linux-netfilter\/(first-packet\/(syn|syn-ack|handshake-ack|data\/client|data\/server)|udp-icmp\/udp\/dns)\//
const DNS = /\/udp\/dns\//

describe('linux-netfilter behind a masquerade', function () {
  this.timeout(300_000)

  before(function () {
    if (process.getuid?.() !== 0) this.skip()
  })

  it('decides about each packet as without, but for datagrams of a server whose client it cannot know', async () => {
    const cases = loadSuites(['linux-netfilter/first-packet', 'linux-netfilter/udp-icmp'], [ROOT])
      .flatMap((suite) => suite.cases)
      .filter(({ setup, name }) => setup.policy.exception === 'drop' && SAMPLE.test(name))
    const target = (nat: string) =>
      makeTarget({ kind: 'netfilter', nat }, { name: 'netfilter', version: 'test' })
    const plain = await played(await target('none'), cases)
    expect([...plain.values()].map(({ outcome }) => outcome)).to.deep.equal(cases.map(() => 'pass'))
    const expected = new Map(
      [...plain].map(([name, told]) =>
        // The answer to a query comes to the host's own address, where no entry says whose it is.
        [
          name,
          DNS.test(name) ? { ...told, outcome: 'fail', verdict: told.verdict.replace(/^ff/, 'fd') } : told,
        ],
      ),
    )
    expect([...expected.keys()].some((name) => DNS.test(name))).to.equal(true)
    expectSame(await played(await target('masquerade'), cases), expected)
  })
})
