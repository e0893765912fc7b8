import { expect } from 'chai'
import { getProfile, profileNames } from '../../profile/index.ts'
import { KNOBS } from '../../profile/schema.ts'
import { seededRandom } from '../../timeline/random.ts'
import { choicesOf, type KnobName, sameValue, valuesOf } from './knob-values.ts'
import { agrees, foundOver, type Learned } from './learn.ts'
import { learnFrom } from './learned.fixture.ts'

const FULL = process.env.FLOWBREAK_FULL === '1'
/** Profiles whose trackers differ; with FLOWBREAK_FULL=1 all. */
const LEARNED = FULL ? profileNames() : ['suricata-7', 'linux-conntrack', 'fortinet']
const MUTANTS = FULL ? 50 : 3
const SEED = 7

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
    for (let at = 0; at < MUTANTS; at++) {
      const name = LEARNED[random() % LEARNED.length] ?? ''
      const shipped = valuesOf(getProfile(name))
      const shown = Object.keys(foundOver((await learnedOf(name)).findings, shipped)) as KnobName[]
      const candidates = shown.filter((knob) => knob !== 'policies')
      const knob = candidates[random() % candidates.length] ?? 'tcpNew'
      const value = otherValue(knob, shipped[knob], random)
      const own = {
        name: 'mutant',
        extends: name,
        knobs: { [knob]: { value, mark: 'INF', source: 'mutant' } },
      } as const
      const { findings } = await learnFrom(own)
      const found = foundOver(findings, shipped)
      const different = Object.entries(found).filter(
        ([each, is]) => !sameValue(is, shipped[each as KnobName]),
      )
      const said = `${name} with ${knob} ${value}, found ${JSON.stringify(different)}`
      expect(
        different.map(([each]) => each),
        said,
      ).to.deep.equal([knob])
      const finding = findings.get(knob)
      expect(finding !== undefined && agrees(finding, value), said).to.equal(true)
    }
  }).timeout(FULL ? 1_800_000 : 240_000)
})

function otherValue(knob: KnobName, value: unknown, random: () => number) {
  const choices = choicesOf(knob).filter((choice) => choice !== value)
  const { number } = KNOBS[knob]
  const word = choices[random() % Math.max(1, choices.length)]
  if (word !== undefined && (number === undefined || random() % 2 === 0)) return word
  const drawn = 1 + (random() % (knob === 'ackWindow' ? 131_000 : 5000))
  return drawn === value ? drawn + 1 : drawn
}
