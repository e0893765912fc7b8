import { expect } from 'chai'
import { type SessionTables, Stage, stageOf, type Taking } from '../model/sharing.ts'
import { HANDSHAKE, Lab, type LabOptions } from './example-engine.test.ts'

const PROFILES = ['suricata-7', 'pf', 'linux-conntrack'] as const
/** Data that is acknowledged, so that each side's numbers are known. */
const OPEN = [...HANDSHAKE, '> PA 1 1 len=10', '< PA 1 11 len=10', '> A 11 11'] as const
const SCALED = ['> S 0 scale=7', '< SA 0 1 scale=7', '> A 1 1 win=1000', '< A 1 1 win=1000'] as const

/** A lab whose session tables a test may use as a sharing model does. */
function open(options: LabOptions): { readonly lab: Lab; readonly tables: SessionTables } {
  let tables: SessionTables | undefined
  const lab = new Lab({
    ...options,
    sharing: (given) => {
      tables = given
      return {
        watchesPackets: false,
        pending: undefined,
        arrive: (_packets, _index, host) => host,
        decided() {},
        apply() {},
        reset() {},
      }
    },
  })
  if (tables === undefined) throw new Error('the engine made no sharing')
  return { lab, tables }
}

/** What becomes of packets at host 1 once it was given what host 0 has after others. */
function afterwards(
  profile: string,
  before: readonly string[],
  taking: Taking,
  liberal: boolean,
  ...lines: readonly string[]
): string[] {
  const { lab, tables } = open({ profile })
  lab.play(...before)
  const session = tables.read(0, 0, 0)
  if (session === undefined) throw new Error('host 0 has no session')
  expect(tables.write(1, 0, session, 0, liberal, taking)).to.equal(true)
  return lab.play(...lines.map((line) => `${line} host=1`))
}

describe('engine: sessions that come without windows', () => {
  it('go on in every tracker, to their end', () => {
    const rest = ['> PA 11 11 len=5', '< A 11 16', '> FA 16 11', '< FA 11 17', '> A 17 12']
    for (const profile of PROFILES)
      for (const windows of ['scales', 'none'] as const)
        for (const liberal of [true, false])
          expect(
            afterwards(profile, OPEN, { windows }, liberal, ...rest),
            `${profile} ${windows}`,
          ).to.deep.equal(Array(5).fill('forward'))
  })

  it('are checked by nobody where that is made up for, and by strict trackers where it is not', () => {
    const far = ['> A 11 11', '< A 11 11', '> PA 900000 11 len=5']
    for (const profile of ['pf', 'linux-conntrack']) {
      const third = (windows: 'full' | 'none', liberal: boolean) =>
        afterwards(profile, OPEN, { windows }, liberal, ...far)[2]
      expect(third('none', true), profile).to.equal('forward')
      expect(third('none', false), profile).to.match(/^drop/)
      expect(third('full', false), profile).to.match(/^drop/)
    }
  })

  it('have lost the scale of their windows, unless that was told', () => {
    const rest = ['> A 1 1 win=1000', '< A 1 1 win=1000', '> PA 100001 1 len=10']
    for (const profile of ['pf', 'linux-conntrack']) {
      expect(afterwards(profile, SCALED, { windows: 'scales' }, false, ...rest)[2], profile).to.equal(
        'forward',
      )
      expect(afterwards(profile, SCALED, { windows: 'none' }, false, ...rest)[2], profile).to.match(/^drop/)
    }
  })

  it('do not believe what the old numbers were', () => {
    const moved = ['> PA 3000000 5000000 len=5', '< A 5000000 3000005']
    for (const profile of ['pf', 'linux-conntrack'])
      expect(afterwards(profile, OPEN, { windows: 'none' }, false, ...moved), profile).to.deep.equal([
        'forward',
        'forward',
      ])
    expect(afterwards('pf', OPEN, { windows: 'full' }, false, ...moved)[0]).to.equal('drop stream error')
  })

  it('end an opening that has ended meanwhile', () => {
    for (const profile of PROFILES)
      expect(
        afterwards(profile, HANDSHAKE.slice(0, 2), { windows: 'none' }, true, '> A 1 1', '< A 1 1'),
      ).to.deep.equal(['forward', 'forward'])
  })
})

describe('engine: sessions that are merged', () => {
  /** Two hosts see one direction each; after each packet its host tells the other, but for the packets of `untold`. */
  function apart(profile: string, lines: readonly string[], untold: readonly number[] = []): string[] {
    const { lab, tables } = open({ profile })
    return lines.map((line, index) => {
      const host = line.startsWith('>') ? 0 : 1
      const [outcome = ''] = lab.play(`${line} host=${host} @${index / 10}`)
      const session = tables.read(host, 0, index * 1e8)
      if (session !== undefined && !untold.includes(index))
        tables.write(1 - host, 0, session, index * 1e8, false, { held: 'merge' })
      return outcome
    })
  }

  const WHOLE = [...OPEN, '> FA 11 11', '< FA 11 12', '> A 12 12'] as const

  it('let two hosts that see a direction each follow a connection from its opening to its end', () => {
    for (const profile of PROFILES)
      expect(new Set(apart(profile, WHOLE)), profile).to.deep.equal(new Set(['forward']))
  })

  it('make up for an update that was lost, with the next one', () => {
    for (const profile of ['suricata-7', 'pf'])
      expect(new Set(apart(profile, WHOLE, [3, 4])), profile).to.deep.equal(new Set(['forward']))
    // Linux believes no acknowledgement of data that it knows nothing of.
    expect(apart('linux-conntrack', WHOLE, [3, 4])[4]).to.equal('drop ct invalid')
  })

  it('do not go back to what an old update says', () => {
    for (const profile of PROFILES) {
      const { lab, tables } = open({ profile })
      lab.play(...HANDSHAKE.slice(0, 2))
      const early = tables.read(0, 0, 0) ?? new Uint8Array()
      lab.play(...OPEN.slice(2).map((line) => `${line} @1`))
      tables.write(0, 0, early, 1e9, false, { held: 'merge' })
      expect(stageOf(tables.read(0, 0, 1e9) ?? new Uint8Array()), profile).to.equal(Stage.open)
      expect(lab.play('> PA 11 11 len=5 @1', '< A 11 16 @1'), profile).to.deep.equal(['forward', 'forward'])
    }
  })

  it('give way to another connection of the same addresses and ports', () => {
    for (const profile of PROFILES) {
      const { lab, tables } = open({ profile })
      const closed = [...HANDSHAKE, '> FA 1 1', '< FA 1 2', '> A 2 2']
      lab.play(...closed.map((line) => `${line} host=1`))
      lab.play('> S 70000 @1', '< SA 90000 70001 @1')
      const session = tables.read(0, 0, 1e9) ?? new Uint8Array()
      expect(tables.write(1, 0, session, 1e9, false, { held: 'merge' }), profile).to.equal(true)
      expect(
        lab.play('> A 70001 90001 host=1 @1', '> PA 70001 90001 len=5 host=1 @1'),
        profile,
      ).to.deep.equal(['forward', 'forward'])
    }
  })

  it('replace an entry that is no session', () => {
    const { lab, tables } = open({ profile: 'pf' })
    lab.play('> S 0')
    lab.play('< SA 0 1 host=1 @1')
    tables.write(1, 0, tables.read(0, 0, 1e9) ?? new Uint8Array(), 1e9, false, { held: 'merge' })
    expect(lab.play('< SA 0 1 host=1 @2')).to.deep.equal(['forward'])
  })
})

describe('engine: the stage of a session', () => {
  it('is told with it', () => {
    for (const profile of PROFILES) {
      const { lab, tables } = open({ profile })
      const stages = [...WHOLE_WITH_STAGES].map(([line]) => {
        lab.play(line)
        return stageOf(tables.read(0, 0, 0) ?? new Uint8Array())
      })
      expect(stages, profile).to.deep.equal(WHOLE_WITH_STAGES.map(([, stage]) => stage))
    }
  })

  it('is open for what is not TCP, and none for TCP without a session', () => {
    const { lab, tables } = open({ profile: 'pf' })
    lab.play('> UDP', '> A 1 1')
    const stages = tables.flows(0, 0).map((flow) => stageOf(tables.read(0, flow, 0) ?? new Uint8Array()))
    expect(stages).to.deep.equal([Stage.open, Stage.none])
  })

  it('does not stay in the table', () => {
    const { lab, tables } = open({ profile: 'pf' })
    lab.play(...HANDSHAKE.slice(0, 1))
    const session = tables.read(0, 0, 0) ?? new Uint8Array()
    tables.write(1, 0, session, 0)
    lab.play('< SA 0 1 host=1', '> A 1 1 host=1')
    expect(stageOf(tables.read(1, 0, 0) ?? new Uint8Array())).to.equal(Stage.open)
  })
})

const WHOLE_WITH_STAGES = [
  ['> S 0', Stage.halfOpen],
  ['< SA 0 1', Stage.halfOpen],
  ['> A 1 1', Stage.open],
  ['> PA 1 1 len=10', Stage.open],
  ['> FA 11 1', Stage.closing],
] as const
