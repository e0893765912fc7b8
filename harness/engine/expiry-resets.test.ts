import { expect } from 'chai'
import fc from 'fast-check'
import { Link, Tcp } from '../model/codes.ts'
import { Receivers } from '../observe/receivers.ts'
import { dissect } from '../wire/dissect.ts'
import { HANDSHAKE, Lab, type LabOptions } from './example-engine.test.ts'
import { play, right, type Step, type World, type Wrong, worlds } from './example-world.test.ts'
import { ExpiryQueue } from './expiry-queue.ts'

const ASA: LabOptions = { profile: 'cisco-asa', knobs: { resetOnExpiry: 'both' } }

/** What was emitted in the last batch of a lab: when, in seconds, to whom, with which numbers relative to the initial ones. */
function emitted(lab: Lab): string[] {
  return lab.batch.emitted.map(
    ({ cause, at, to, seq, ack }) =>
      `${cause} @${at / 1e9} ${to} ${seq - (to === 'client' ? 2_000_000 : 1_000_000)} ${ack}`,
  )
}

function open(options: LabOptions): Lab {
  const lab = new Lab({ ...options, frames: { clientIsn: 1_000_000, serverIsn: 2_000_000 } })
  lab.play(...HANDSHAKE, '> PA 1 1 len=10', '< A 1 11', '< PA 1 11 len=20', '> A 11 21 @5')
  return lab
}

describe('engine: resets at expiry', () => {
  it('tells both ends at the moment of expiry, each with the number that it expects next', () => {
    const lab = open(ASA)
    expect(lab.play('> UDP @3605')).to.deep.equal(['forward'])
    expect(emitted(lab)).to.deep.equal([])
    lab.play('> UDP @3606')
    expect(emitted(lab)).to.deep.equal(['-1 @3605 client 21 0', '-1 @3605 server 11 0'])
    lab.play('> PA 11 21 len=9 @3606', '> UDP @9999')
    expect(emitted(lab)).to.deep.equal([])
  })

  it('only the client, where that is asked for; by policy over the profile', () => {
    const lab = open({ profile: 'cisco-asa', policy: { resetOnExpiry: 'client' } })
    lab.play('> UDP @9999')
    expect(emitted(lab)).to.deep.equal(['-1 @3605 client 21 0'])
    const silent = open({ ...ASA, policy: { resetOnExpiry: 'none' } })
    silent.play('> UDP @9999')
    expect(emitted(silent)).to.deep.equal([])
  })

  it('goes by the clock of whole seconds where the profile has that, and in the style of its resets', () => {
    const lab = open({ profile: 'aws-nfw', policy: { resetOnExpiry: 'both' } })
    lab.play('> UDP @355.9')
    expect(emitted(lab)).to.deep.equal([])
    lab.play('> UDP @356')
    expect(emitted(lab)).to.deep.equal(['-1 @356 client 21 1000011', '-1 @356 server 11 2000021'])
    expect(lab.batch.emitted.map(({ frame }) => dissect(frame, Link.ethernet).flags)).to.deep.equal([
      0x14, 0x14,
    ])
  })

  it('a session that closed, or closed half, that never opened, or of UDP, expires in silence', () => {
    for (const lines of [
      [...HANDSHAKE, '> FA 1 1'],
      [...HANDSHAKE, '< FA 1 1', '> A 1 2'],
      [...HANDSHAKE, '> FA 1 1', '< FA 1 2', '> A 2 2'],
      [...HANDSHAKE, '> R 1'],
      ['> S 0', '< SA 0 1'],
      ['> UDP', '< UDP'],
      ['> PING', '< PONG'],
    ]) {
      const lab = new Lab(ASA)
      lab.play(...lines)
      lab.play('> UDP port=999 @99999')
      expect(emitted(lab), lines.at(-1)).to.deep.equal([])
    }
  })

  it('activity puts it off, a reconnect on the tuple has its own', () => {
    const lab = open(ASA)
    lab.play('> A 10 21 @3000', '< A 21 11 @6000')
    lab.play('> UDP @9600')
    expect(emitted(lab)).to.deep.equal([])
    lab.play('> UDP @9601')
    expect(emitted(lab)).to.have.length(2)
    lab.play('> S 500 @9700', '< SA 700 501 @9700', '> A 501 701 @9700', '> UDP @20000')
    expect(emitted(lab)).to.deep.equal(['-1 @13300 client 701 0', '-1 @13300 server 501 0'])
  })

  it('a later packet of it is a miss, a policy that drops after an expiry still knows of it', () => {
    const lab = open({ profile: 'aws-nfw', exception: 'reject', policy: { resetOnExpiry: 'both' } })
    expect(lab.play('> PA 11 21 len=9 @400')).to.deep.equal(['reject stream midstream'])
    expect(lab.batch.emitted.map(({ cause }) => cause)).to.deep.equal([-1, -1, 0])
    const dropping = open({ profile: 'aws-nfw', knobs: { missAfterExpiry: 'drop', resetOnExpiry: 'both' } })
    expect(dropping.play('> PA 11 21 len=9 @400')).to.deep.equal(['drop stream error'])
  })

  it('of copies only the host that saw the last packet tells, and a crashed one cannot', () => {
    const lab = open({ ...ASA, sharing: 'replication' })
    lab.engine.apply({ kind: 'drain', host: 0, flow: -1 }, 6e9)
    lab.play('> PA 11 21 len=9 @3000 host=1', '< A 21 20 @3000 host=1', '> UDP @3700')
    expect(emitted(lab)).to.deep.equal([])
    lab.play('> UDP @6601')
    expect(emitted(lab)).to.deep.equal(['-1 @6600 client 21 0', '-1 @6600 server 20 0'])
    expect(lab.batch.emitted.map(({ by }) => by)).to.deep.equal([1, 1])
    const crashed = open(ASA)
    crashed.engine.apply({ kind: 'crash', host: 0, flow: -1 }, 6e9)
    crashed.play('> UDP @9999')
    expect(emitted(crashed)).to.deep.equal([])
  })

  it('sessions go in the order of their expiry', () => {
    const lab = new Lab(ASA)
    for (const [port, at] of [
      [1001, 7],
      [1002, 3],
      [1003, 5],
    ])
      lab.play(...HANDSHAKE.map((line) => `${line} port=${port} @${at}`))
    lab.play('> A 1 1 port=1002 @8', '> UDP @9999')
    expect(lab.batch.emitted.map(({ at }) => at / 1e9)).to.deep.equal([3605, 3605, 3607, 3607, 3608, 3608])
  })

  it('a reset engine has forgotten them', () => {
    const lab = open(ASA)
    lab.engine.reset()
    lab.play('> UDP @9999')
    expect(emitted(lab)).to.deep.equal([])
  })
})

describe('engine: resets at expiry of any session', () => {
  /** What of a played world is not as it should be about resets at expiry. */
  function faults(world: World, wrong: Wrong): string[] {
    const knobs = { resetOnExpiry: 'both' as const }
    const { batch } = play({ ...world, knobs }, wrong)
    const alone = batch.emitted.filter(({ cause }) => cause < 0)
    const found: string[] = []
    const receivers = new Receivers()
    const told = new Map<string, number>()
    for (let i = 0, next = 0; i < batch.count; i++) {
      for (
        let reset = alone[next];
        reset !== undefined && reset.at <= (batch.time[i] ?? 0);
        reset = alone[++next]
      ) {
        const side = `${reset.flow} ${reset.to}`
        if (told.has(side)) found.push(`${side} told twice`)
        told.set(side, i)
        if (!receivers.accepts(reset)) found.push(`${side} would ignore seq ${reset.seq}`)
      }
      receivers.observe(batch, i)
      // A SYN may begin another session, which may expire as well.
      if ((batch.flags[i] ?? 0) & Tcp.syn) told.clear()
    }
    const ends = new Set(alone.map(({ flow, at }) => `${flow} ${at}`)).size
    if (alone.length !== 2 * ends) found.push('one side alone')
    return found
  }

  /** Conversations that are opened well and go on in order, with silences, and end well, by half, by a reset, or not at all. */
  const conversations = fc
    .record({
      profile: fc.constantFrom('cisco-asa', 'aws-nfw', 'fortinet', 'suricata-7'),
      turns: fc.array(
        fc.record({
          way: fc.constantFrom<Step['way']>('>', '<'),
          length: fc.nat(50),
          gap: fc.constantFrom(0, 1, 300, 340),
        }),
        { maxLength: 12 },
      ),
      close: fc.constantFrom('none', 'half', 'both', 'reset'),
    })
    .map(({ profile, turns, close }) => {
      const sent = { '>': 1, '<': 1 }
      const step = (way: Step['way'], what: string, length: number, gap: number): Step => {
        const seq = sent[way]
        sent[way] += length
        return { way, what, seq, ack: sent[way === '>' ? '<' : '>'], length, gap }
      }
      const steps: Step[] = [
        { way: '>', what: 'S', seq: 0, ack: 0, length: 0, gap: 0 },
        { way: '<', what: 'SA', seq: 0, ack: 1, length: 0, gap: 0 },
        step('>', 'A', 0, 0),
        ...turns.map(({ way, length, gap }) => step(way, 'PA', length, gap)),
      ]
      if (close === 'reset') steps.push(step('>', 'R', 0, 0))
      if (close === 'half' || close === 'both') steps.push(step('>', 'FA', 0, 0))
      if (close === 'both') {
        sent['>']++
        steps.push(step('<', 'FA', 0, 0))
      }
      const later: Step = { way: '>', what: 'UDP', seq: 0, ack: 0, length: 0, gap: 90_000 }
      const world: World = { setup: { profile, policy: 'drop' }, steps: [...steps, later] }
      return { world, close }
    })

  it('is one reset a side, that it obeys, and none where half was closed, all was, or it was reset (seed 23)', () => {
    fc.assert(
      fc.property(conversations, ({ world, close }) => {
        expect(faults(world, right)).to.deep.equal([])
        const { batch } = play({ ...world, knobs: { resetOnExpiry: 'both' } })
        expect(batch.emitted.filter(({ cause }) => cause < 0)).to.have.length(close === 'none' ? 2 : 0)
      }),
      { seed: 23, numRuns: 200 },
    )
  })

  it('never tells a side twice, or one side alone, in any world (seed 23)', () => {
    fc.assert(
      fc.property(worlds(), (world) => {
        expect(faults(world, right).filter((fault) => !fault.includes('ignore'))).to.deep.equal([])
      }),
      { seed: 23, numRuns: 200 },
    )
  })

  it('is not so of an engine that tells twice, or with another number', () => {
    const again: Wrong = (played) => {
      played.batch.emitted.push(...played.batch.emitted)
      return played
    }
    const beside: Wrong = (played) => {
      const moved = played.batch.emitted.map((each) => ({ ...each, seq: each.seq + 1 }))
      played.batch.emitted.splice(0, moved.length, ...moved)
      return played
    }
    for (const wrong of [again, beside]) {
      const property = fc.property(conversations, ({ world }) => faults(world, wrong).length === 0)
      expect(fc.check(property, { seed: 23, numRuns: 200 }).failed).to.equal(true)
    }
  })
})

describe('engine: expiry queue', () => {
  it('gives flows back in the order of their moments', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 200 }), (moments) => {
        const queue = new ExpiryQueue()
        for (const [flow, moment] of moments.entries()) queue.add(moment, flow)
        const taken: number[] = []
        while (queue.first !== Number.POSITIVE_INFINITY) {
          const { first } = queue
          expect(moments[queue.take()]).to.equal(first)
          taken.push(first)
        }
        expect(taken).to.deep.equal([...moments].sort((a, b) => a - b))
        expect(queue.take()).to.equal(-1)
      }),
      { seed: 23, numRuns: 200 },
    )
  })
})
