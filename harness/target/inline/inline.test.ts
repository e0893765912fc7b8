import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Case } from '../../model/case.ts'
import { loadSuites } from '../../run/suites.ts'
import { makeSetup } from '../../suite/setup.ts'
import { BENCHMARKING } from '../bounds.ts'
import { apart } from '../example-apart.test.ts'
import { expectSame, played, tried } from '../example-played.test.ts'
import { run } from '../lab/commands.ts'
import type { Lab } from '../lab/lab.ts'
import { hardwareAddress } from '../lab/names.ts'
import { ReferenceTarget } from '../reference/reference.ts'
import {
  bridge,
  firewalls,
  hostsOf,
  inline,
  ONE_LINK_MACS,
  pair,
  router,
  routerOnOneLink,
} from './example-device.test.ts'

const SUITE = `
suite: inline-sample
title: A sample for devices with two arms
setup: { profile: linux-conntrack, hosts: 2 }
cases:
  - name: swap
    requirement: Data without connection meets the policy.
    source: &source { mark: RUN, where: the kernel, product: linux }
    capture: dns-tcp-{family}
    matrix: { policy: [drop, reject], family: [ipv4, ipv6] }
    inject: [{ host-swap: { at: "c2s:data#2", cause: crash } }]
    expect: { before: { all: forward, by: fw-a }, after host-swap: { policy: { drop: drop, reject: blocked } } }
  - name: astray
    requirement: An answer by a host that knows nothing of its connection meets the policy.
    source: *source
    capture: dns-tcp-{family}
    matrix: { policy: [drop, reject], family: [ipv4, ipv6] }
    inject: [{ asymmetric-path: { at: "s2c:data#1", direction: s2c, to: fw-b } }]
    expect: { before: { all: forward, by: fw-a } }
  - name: fragments
    requirement: Datagrams in fragments pass.
    source: *source
    capture: udp-fragments-{family}
    matrix: { policy: [drop], family: [ipv4, ipv6] }
    expect: { before: forward }
  - name: large
    requirement: Packets of the usual size pass.
    source: *source
    setup: { hosts: 1 }
    capture: http-download-ipv4
    expect: { before: forward }
`

describe('target/inline', function () {
  this.timeout(300_000)
  let folder = ''
  let cases: readonly Case[] = []

  before(function () {
    if (process.getuid?.() !== 0) this.skip()
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-inline-'))
    const file = join(folder, 'sample.yaml')
    writeFileSync(file, SUITE)
    cases = loadSuites([file], [process.cwd()]).flatMap((suite) => suite.cases)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const under = (policy: string) =>
    cases.filter(({ name, setup }) => setup.policy.exception === policy && !name.includes('/large'))
  const outcomes = (told: ReadonlyMap<string, { readonly outcome: string }>) =>
    [...told.values()].map(({ outcome }) => outcome)

  it('of two runs back to back with equal outcomes, each draws tuples that the tables keep none of from the other', async () => {
    await using lab = await firewalls('reject')
    const target = await inline(lab, { policies: ['reject'] })
    const kept = async () => {
      const told = await lab.on(
        0,
        'conntrack -L -p tcp 2>/dev/null; conntrack -L -f ipv6 -p tcp 2>/dev/null; true',
      )
      return [...told.matchAll(/ src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+) /g)].map(([tuple]) => tuple)
    }
    const chosen = under('reject')
    const first = await played(target, chosen, 1, 11)
    const before = new Set(await kept())
    expect(outcomes(first)).to.deep.equal(chosen.map(() => 'pass'))
    expectSame(await played(target, chosen, 1, 12), first)
    const after = new Set(await kept())
    // Connections that were broken off are kept for days; closed ones go at once.
    expect([...before].filter((tuple) => after.has(tuple))).to.not.deep.equal([])
    expect([...after].filter((tuple) => !before.has(tuple))).to.not.deep.equal([])
  })

  for (const exception of ['drop', 'reject'] as const)
    it(`tells of two firewalls that ${exception} what the reference does under their profile`, async () => {
      await using lab = await firewalls(exception)
      const target = await inline(lab, { policies: [exception] })
      const told = await played(target, under(exception))
      expectSame(told, await played(new ReferenceTarget('test'), under(exception)))
      expect(new Set(outcomes(told))).to.deep.equal(new Set(['pass']))
    })

  it('comes to the same outcomes where they translate the addresses of clients', async () => {
    await using lab = await firewalls('drop', 2, 'masquerade')
    const target = await inline(lab, { policies: ['drop'] })
    const told = await played(target, under('drop'))
    expect(told).to.have.lengthOf(under('drop').length)
    expect(new Set(outcomes(told))).to.deep.equal(new Set(['pass']))
  })

  it('tells of a pair that conntrackd keeps in step what the reference does', async () => {
    const chosen = loadSuites(['high-availability/conntrackd'], [process.cwd()])
      .flatMap((suite) => suite.cases)
      .filter(({ name }) => /asymmetric\/datagrams\/family:ipv[46]\/policy:drop/.test(name))
      .map((test) => ({ ...test, capture: apart(test.capture, folder) }))
    const [first] = chosen
    if (first?.setup.topology.sharing.kind !== 'sync') throw new Error('the suite has no such cases')
    await using lab = await pair(first.setup.topology.sharing)
    const target = await inline(lab, { policies: ['drop'], sharing: ['sync'] })
    const told = await played(target, chosen)
    expect(new Set(outcomes(told))).to.deep.equal(new Set(['pass']))
    expectSame(told, await played(new ReferenceTarget('test'), chosen))
  })

  it('skips cases under a policy that the devices do not have', async () => {
    await using lab = await firewalls('drop')
    const { told, problems } = await tried(await inline(lab), under('reject'))
    expect(told.size).to.equal(0)
    expect(problems).to.have.length(under('reject').length)
    expect(problems[0]).to.contain('policy reject')
  })

  it('calls the devices what a hook says they are, and has a crash done by one', async () => {
    await using lab = await firewalls('drop')
    const emptied = ['ip', 'netns', 'exec', `${lab.host(0).slice(0, -1)}{index}`, 'conntrack', '-F']
    const hooks = {
      identify: [process.execPath, '-p', '"nftables of a lab"'],
      swap: emptied,
      restore: [process.execPath, '-e', '0'],
    }
    const swaps = under('drop').filter(({ name }) => name.includes('/swap/'))
    const { told, version } = await tried(await inline(lab, { hooks }), swaps)
    expect(outcomes(told)).to.deep.equal(['pass', 'pass'])
    expect(version).to.equal('nftables of a lab')
  })

  it('passes no case of a router that lets everything through', async () => {
    await using lab = await router()
    await nothingPasses(await inline(lab), /lets everything through/)
  })

  it('passes no case of a bridge', async () => {
    await using lab = await bridge()
    await nothingPasses(
      await inline(lab, { hosts: hostsOf(lab, { routes: false }) }),
      /lets everything through/,
    )
  })

  it('passes no case where the arms of two hosts are exchanged', async () => {
    await using lab = await firewalls('drop')
    const [first, second] = hostsOf(lab)
    const hosts = [
      { client: first?.client, server: second?.server },
      { client: second?.client, server: first?.server },
    ]
    await nothingPasses(await inline(lab, { hosts }), /arms are exchanged/)
  })

  it('passes no case where devices that ask for their next hops are told nothing', async () => {
    await using lab = await firewalls('drop')
    await nothingPasses(await inline(lab, { arp: 'static' }), /does not come out/)
  })

  it('finds both arms of a host on one interface by the next hops', async () => {
    await using lab = await routerOnOneLink()
    const hosts = (macs: readonly string[]) => {
      const [client, server] = macs.map((mac) => ({ interface: 'c0', mac }))
      return { families: ['ipv4'], hosts: [{ client, server }] }
    }
    expect(await wiresOf(lab, hosts(ONE_LINK_MACS))).to.equal('silent')
    expect(await wiresOf(lab, hosts([ONE_LINK_MACS[0], '02:fb:03:00:00:02']))).to.match(/does not come out/)
  })

  it('is not answered for by a kernel that has the addresses of controls, unless it is told to be that machine', async () => {
    await using lab = await router(1)
    const gateway = hardwareAddress(0, 0, 'host')
    const outer = (...args: string[]) => run('ip', ['-n', lab.outer, ...args])
    await outer('link', 'set', 'lo', 'up')
    await outer('route', 'add', 'local', BENCHMARKING.clients, 'dev', 'lo')
    await outer('route', 'add', BENCHMARKING.servers, 'via', '192.0.0.1', 'dev', 'c0', 'onlink')
    await outer('neigh', 'replace', '192.0.0.1', 'lladdr', gateway, 'dev', 'c0', 'nud', 'permanent')
    const [host] = hostsOf(lab)
    const taken = { ...host?.client, own: hardwareAddress(0, 0, 'outer') }
    expect(await wiresOf(lab, { families: ['ipv4'] })).to.equal('silent')
    // It still knows who was there before.
    await lab.on(0, 'ip neigh flush dev c')
    expect(await wiresOf(lab, { families: ['ipv4'], hosts: [{ ...host, client: taken }] })).to.match(
      /^Controls are answered by something at the server arm of fw-a/,
    )
  })

  it('names packets that are larger than its mtu, and tells nothing of them', async () => {
    await using lab = await firewalls('drop', 1)
    const large = cases.filter(({ name }) => name.includes('/large'))
    const { told } = await tried(await inline(lab, { mtu: 1280 }), large)
    const [event] = [...told.values()]
    expect(event?.outcome).to.equal('inconclusive')
    expect(event?.detail).to.match(/could not tell .* \(packet too big: packet \d+\)/)
  })

  async function nothingPasses(target: Awaited<ReturnType<typeof inline>>, said: RegExp): Promise<void> {
    const { told, problems } = await tried(target, under('drop'))
    expect(problems.join(' ')).to.match(said)
    expect(outcomes(told)).to.deep.equal(under('drop').map(() => 'error'))
  }
})

/** What is wrong with the wires of a target with one host; `silent`: nothing. */
async function wiresOf(lab: Lab, options: object): Promise<string> {
  const target = await inline(lab, options)
  const setup = makeSetup({ profile: 'linux-conntrack', hosts: 1 })
  return target.prepare(setup, new AbortController().signal).then(
    async (session) => {
      await session[Symbol.asyncDispose]()
      return 'silent'
    },
    ({ message }) => message,
  )
}
