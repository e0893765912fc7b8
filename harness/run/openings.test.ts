import { expect } from 'chai'
import { Role, Verdict } from '../model/codes.ts'
import type { Session } from '../model/target.ts'
import type { SetupInput } from '../suite/setup/input.ts'
import { makeSetup } from '../suite/setup.ts'
import { ReferenceTarget } from '../target/reference/reference.ts'
import type { DrawStrangers } from './calibrate.ts'
import { calibrateOpenings } from './openings.ts'

const { signal } = new AbortController()

/** Strangers of a family, and the ports that they were asked for. */
function strangers(family: 'ipv4' | 'ipv6' = 'ipv4'): { draw: DrawStrangers; ports: number[] } {
  const ports: number[] = []
  const address = (last: number) =>
    family === 'ipv4'
      ? Uint8Array.of(198, 18, 7, last)
      : Uint8Array.of(0x20, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last)
  const draw: DrawStrangers = (port) => {
    ports.push(port)
    return {
      client: { address: address(1), port: 40_000 + ports.length },
      server: { address: address(2), port },
      initial: [0xffff_ffff, 7],
    }
  }
  return { draw, ports }
}

/** The reference under a setup, which drops TCP by some hosts whatever it decides. */
async function opened(input: SetupInput, { family = 'ipv4', liars = [] as readonly number[] } = {}) {
  const setup = makeSetup({ profile: 'suricata-7', hosts: 2, ...input })
  await using session = await new ReferenceTarget('test').prepare(setup)
  const { draw, ports } = strangers(family as 'ipv4' | 'ipv6')
  const lying: Session = {
    async *replay(timeline, until) {
      for await (const observed of session.replay(timeline, until)) {
        const { host, role, verdict, count } = observed.packets
        for (let i = 0; i < count; i++) {
          expect(role[i]).to.equal(Role.probe)
          if (liars.includes(host[i] ?? 0)) verdict[i] = Verdict.drop
        }
        yield observed
      }
    },
    reset: () => session.reset(),
    counters: () => session.counters(),
    [Symbol.asyncDispose]: async () => undefined,
  }
  const { wrong, draw: found } = await calibrateOpenings(lying, setup, draw, signal)
  return { wrong, port: found?.().server.port, asked: ports }
}

describe('run/openings', () => {
  it('opens a connection by each host, of either family', async () => {
    for (const family of ['ipv4', 'ipv6']) {
      const { wrong, port, asked } = await opened({}, { family })
      expect({ wrong, port }).to.deep.equal({ wrong: undefined, port: 7 })
      // One by each host, and the one that is asked for afterwards.
      expect(asked).to.deep.equal([7, 7, 7])
    }
  })

  it('names the host that lets none through', async () => {
    const { wrong, port } = await opened({}, { liars: [1] })
    expect(wrong).to.match(
      /^A new connection to port 7 was not let through by fw-b: the target lets only control packets /,
    )
    expect(port).to.equal(undefined)
  })

  it('asks for what rules let through, as the reference reads them', async () => {
    const rules = [
      'pass tcp any any -> any 443 (sid:1;)',
      'pass tcp any 443 -> any any (sid:2;)',
      'drop tcp any any -> any any (sid:3;)',
    ]
    expect(await opened({ rules })).to.deep.include({ wrong: undefined, port: 443 })
    expect((await opened({ rules }, { liars: [0, 1] })).wrong).to.match(
      /port 443 was not let through by fw-a/,
    )
  })

  it('asks for nothing where rules forbid all that it knows, on a virtual clock, or of hosts that would be told of it', async () => {
    const rules = ['drop tcp any any -> any any (sid:1;)']
    expect(await opened({ rules }, { liars: [0, 1] })).to.deep.include({ wrong: undefined, port: undefined })
    const setup = makeSetup({ profile: 'suricata-7', hosts: 2 })
    await using session = await new ReferenceTarget('test').prepare(setup)
    expect(await calibrateOpenings(session, setup, undefined, signal)).to.deep.equal({})
    const pair = { profile: 'linux-conntrack', sharing: 'sync' } as const
    expect(await opened(pair)).to.deep.include({ wrong: undefined, port: undefined })
  })
})
