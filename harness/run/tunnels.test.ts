import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { readRecorded } from '../engine/oracle-cases.test.ts'
import { nameOf, Reason, Verdict } from '../model/codes.ts'
import { parseInjections } from '../suite/injection-text.ts'
import type { SetupInput } from '../suite/setup/input.ts'
import { makeSetup } from '../suite/setup.ts'
import { getTarget } from '../target/targets.ts'
import { join8, MACS, pcapOf } from '../wire/example-frames.test.ts'
import { TUNNELS } from '../wire/tunnel/example-tunnels.test.ts'
import { replayCapture } from './replay.ts'

/** Longer than the idle time-out, so that the probes meet an expired session as well. */
const KEEPALIVE = { every: 370e9, from: 'client' } as const

/** What became of each packet, and what was sent about it. */
async function replayed(
  frames: readonly Uint8Array[],
  input: SetupInput,
  inject: readonly string[],
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-tunnels-'))
  const lines: string[] = []
  try {
    const capture = join(folder, 'in.pcap')
    writeFileSync(
      capture,
      pcapOf(
        1,
        frames.map((bytes) => ({ bytes })),
      ),
    )
    await replayCapture({
      capture,
      target: getTarget('reference', 'test'),
      setup: makeSetup(input),
      injections: parseInjections(inject).map((each) =>
        // The command line has no word for keepalives.
        each.kind === 'idle-gap' ? { ...each, keepalive: KEEPALIVE } : each,
      ),
      flow: undefined,
      endpoints: 'recorded',
      seed: 1,
      signal: new AbortController().signal,
      observe: ({ packets }) => {
        for (let i = 0; i < packets.count; i++) {
          const sent = packets.emitted.filter(({ cause }) => cause === i).map(({ to, seq }) => `${to} ${seq}`)
          const verdict = nameOf(Verdict, packets.verdict[i] ?? 0)
          lines.push([verdict, nameOf(Reason, packets.reason[i] ?? 0), packets.host[i], ...sent].join(' '))
        }
      },
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return lines
}

describe('run: a capture in a tunnel', () => {
  const plain = readRecorded('echo-ladder-ipv4.pcap').map(({ bytes }) => bytes)
  const injections: readonly (readonly string[])[] = [
    ['host-swap@8'],
    ['idle-gap@8:900s'],
    ['reconnect@8:new-port'],
  ]

  for (const name of ['geneve with options', 'vxlan', 'gre'])
    it(`${name}: meets by its inner flow what it meets without it, resets and all; by its own flow nothing`, async () => {
      const tunnel = TUNNELS.find((each) => each.name === name)
      const wrapped = plain.map((frame) =>
        join8(MACS, Uint8Array.of(8, 0), tunnel?.wrap(frame.subarray(14)) ?? frame.subarray(14)),
      )
      for (const inject of injections)
        for (const policy of ['drop', 'reject', 'continue']) {
          const bare = await replayed(plain, { policy }, inject)
          expect(await replayed(wrapped, { policy, tunnels: 'inner' }, inject), inject[0]).to.deep.equal(bare)
          if (policy !== 'continue' && inject[0] === 'host-swap@8')
            expect(bare.filter((line) => !line.startsWith('forward'))).not.to.be.empty
        }
      const outer = await replayed(wrapped, { policy: 'drop', tunnels: 'outer' }, ['host-swap@8'])
      expect(outer.every((line) => line.startsWith('forward'))).to.equal(true)
    })

  it('is looked into by the profile that does so, where the setup does not say', () => {
    expect(makeSetup({ profile: 'suricata-7' }).tunnels).to.equal('inner')
    expect(makeSetup({ profile: 'aws-nfw' }).tunnels).to.equal('outer')
    expect(makeSetup({ profile: 'suricata-7', tunnels: 'outer' }).tunnels).to.equal('outer')
    expect(() => makeSetup({ tunnels: 'both' })).to.throw('tunnels')
  })
})
