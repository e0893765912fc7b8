import { expect } from 'chai'
import type { KnobValue } from '../../model/setup.ts'
import { getProfile, profileNames } from '../../profile/index.ts'
import { KNOBS } from '../../profile/schema.ts'
import { seededRandom } from '../../timeline/random.ts'
import { Asked } from './asked.fixture.ts'
import { breakCapture } from './held-out.ts'
import { choicesOf, type KnobName, sameValue, type Values, valuesOf, withValue } from './knob-values.ts'
import { agrees, foundOver, type Learned } from './learn.ts'
import { learnFrom } from './learned.fixture.ts'
import { Model } from './model.ts'
import { capturesIn } from './twin.ts'

const FULL = process.env.FLOWBREAK_FULL === '1'
/** Profiles whose trackers differ; with FLOWBREAK_FULL=1 all. */
const LEARNED = FULL ? profileNames() : ['suricata-7', 'linux-conntrack', 'fortinet']
const MUTANTS = FULL ? 50 : 3
const SEED = Number(process.env.FLOWBREAK_SEED ?? 7)

/** Knobs that show on every system that is followed as Suricata does. */
const SHOWN = [
  'rstOnMiss',
  'finOnMiss',
  'continueMode',
  'tracker',
  'rstStyle',
  'synOnLiveSession',
  'tcpNew',
  'tcpEstablished',
  'tcpHalfClosed',
  'udpEstablished',
  'expiry',
  'missAfterExpiry',
] as const

describe('author/learn: round trips', () => {
  const learned = new Map<string, Learned>()
  const learnedOf = async (name: string): Promise<Learned> => {
    const found = learned.get(name) ?? (await learnFrom(name))
    learned.set(name, found)
    return found
  }

  for (const name of LEARNED)
    it(`learns of the reference as ${name} that profile: each knob equal, or unknown`, async () => {
      const { findings, troubles, unexplained } = await learnedOf(name)
      expect({ troubles, unexplained }).to.deep.equal({ troubles: [], unexplained: [] })
      const shipped = valuesOf(getProfile(name))
      for (const [knob, finding] of findings) {
        expect(agrees(finding, shipped[knob]), `${knob}: ${JSON.stringify(finding)}`).to.equal(true)
        if ('unknown' in finding) expect(finding.unknown, knob).not.to.equal('')
        else expect(finding.evidence, knob).not.to.be.empty
      }
      if (name === 'suricata-7')
        for (const knob of SHOWN) expect(findings.get(knob), knob).not.to.have.property('unknown')
    }).timeout(240_000)

  it(`learns of ${MUTANTS} mutants exactly the knob that differs (seed ${SEED})`, async () => {
    const random = seededRandom(SEED)
    const alike: string[] = []
    const masked: string[] = []
    const wrong: string[] = []
    for (let told = 0; told < MUTANTS; ) {
      const name = LEARNED[random() % LEARNED.length] ?? ''
      const shipped = valuesOf(getProfile(name))
      const shown = Object.keys(foundOver((await learnedOf(name)).findings, shipped)) as KnobName[]
      const candidates = shown.filter((knob) => knob !== 'policies')
      const knob = candidates[random() % candidates.length] ?? 'tcpNew'
      const value = otherValue(knob, shipped[knob], random)
      if (!(await tells(shipped, knob, value))) {
        masked.push(`${name} with ${knob} ${value}`)
        continue
      }
      const own = {
        name: 'mutant',
        extends: name,
        knobs: { [knob]: { value, mark: 'INF', source: 'mutant' } },
      } as const
      const { findings } = await learnFrom(own)
      const different = Object.entries(foundOver(findings, shipped)).filter(
        ([each, is]) => !sameValue(is, shipped[each as KnobName]),
      )
      const finding = findings.get(knob)
      const said = `${name} with ${knob} ${value}: found ${JSON.stringify(different)}, ${JSON.stringify(finding)}`
      const [[first, taken] = []] = different
      if (finding === undefined || !agrees(finding, value) || different.length > 1) wrong.push(said)
      else if (first === undefined || !sameValue(taken, value)) {
        // Then no packet of a broken capture tells it from what was taken in its place, either.
        const other = withValue(shipped, knob, taken ?? shipped[knob])
        expect(await packetsTelling(other, withValue(shipped, knob, value)), said).to.deep.equal([])
        alike.push(said)
        expect(alike.length, alike.join('\n')).to.be.at.most(MUTANTS / 5)
      }
      if (first === undefined) continue
      told++
      if (first !== knob) wrong.push(said)
    }
    if (FULL) {
      console.info(listed('answered as another value is', alike))
      console.info(listed('no mutants, since the reference itself answers as with other values', masked))
    }
    expect(wrong.join('\n')).to.equal('')
  }).timeout(FULL ? 1_800_000 : 240_000)
})

function listed(about: string, each: readonly string[]): string {
  return [`      ${about}:`, ...each.map((line) => `        ${line}`)].join('\n')
}

/**
 * Whether the reference as a mutant answers otherwise than as the shipped profile, and than with the number before and the one behind it:
 * if not, something else ends it first, and it is no mutant that anything can show.
 */
async function tells(shipped: Values, knob: KnobName, value: KnobValue): Promise<boolean> {
  const asked = new Asked(withValue(shipped, knob, value))
  const { number } = KNOBS[knob]
  const near = typeof value !== 'number' ? [] : [value - 1, value + 1]
  const others = near.filter((x) => x >= (number?.least ?? 0) && x <= (number?.most ?? 0))
  for (const other of [shipped[knob], ...others]) if (!(await asked.divides(knob, other))) return false
  return true
}

/** Knobs that need many packets, or IPv6, and a value that no shipped profile has. */
const NEEDY = [
  ['fortinet', 'maxFlows', 5000],
  ['suricata-7', 'fragmentTimeout6', 45],
  ['linux-conntrack', 'tcpMostRetransmissions', 7],
] as const

describe('author/learn: what takes many packets, or IPv6', () => {
  for (const [name, knob, value] of NEEDY)
    it(`is learned where it alone differs: ${knob}`, async () => {
      const own = {
        name: 'mutant',
        extends: name,
        knobs: { [knob]: { value, mark: 'INF', source: 'mutant' } },
      } as const
      const { findings, troubles, unexplained } = await learnFrom(own)
      expect({ troubles, unexplained }).to.deep.equal({ troubles: [], unexplained: [] })
      const shipped = valuesOf(getProfile(name))
      const different = Object.entries(foundOver(findings, shipped)).filter(
        ([each, is]) => !sameValue(is, shipped[each as KnobName]),
      )
      expect(different).to.deep.equal([[knob, value]])
      expect(findings.get(knob)).to.have.property('confidence', 'high')
    }).timeout(240_000)
})

/** Packets of captures, each broken by chance and played under each policy, of which two systems make something else. */
async function packetsTelling(one: Values, other: Values): Promise<readonly string[]> {
  const model = new Model(true, new AbortController().signal)
  const random = seededRandom(SEED)
  const telling: string[] = []
  for (const capture of capturesIn('captures')) {
    const { compiled, broken } = await breakCapture(capture, random, 900)
    for (const policy of ['drop', 'reject', 'continue'] as const) {
      const first = await model.heldOut(one, compiled, policy)
      const second = await model.heldOut(other, compiled, policy)
      const at = first.findIndex((answer, packet) => answer !== second[packet])
      if (at >= 0) telling.push(`${capture} ${broken.join(', ')} ${policy}: ${first[at]}, ${second[at]}`)
    }
  }
  return telling
}

function otherValue(knob: KnobName, value: unknown, random: () => number): KnobValue {
  const choices = choicesOf(knob).filter((choice) => choice !== value)
  const { number } = KNOBS[knob]
  const word = choices[random() % Math.max(1, choices.length)]
  if (word !== undefined && (number === undefined || random() % 2 === 0)) return word
  const drawn = 1 + (random() % (knob === 'ackWindow' ? 131_000 : 5000))
  return drawn === value ? drawn + 1 : drawn
}
