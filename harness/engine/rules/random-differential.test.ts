import { expect } from 'chai'
import { dice } from '../conversations/random.test.ts'
import type { OracleOptions } from '../oracle-suricata.test.ts'
import { compareRules } from './compare-rules.test.ts'
import { carriedOtherwise } from './random-carriers.test.ts'
import { materialOf, randomCases, withClientsFirst } from './random-packets.test.ts'
import { randomRules } from './random-rules.test.ts'

/** One seed of the caller's, or the first few. */
const SEED = process.env.FLOWBREAK_SEED
const SEEDS = SEED === undefined ? [1, 2, 3] : [Number(SEED)]
const RULES = 24
/** How sessions are begun, in turn: mostly by a handshake. */
const SETUPS = [
  {},
  { midstream: true },
  {},
  { asyncOneside: true },
  {},
  { midstream: true, asyncOneside: true },
]
/** Of each seed: rules that tell, and rules that decide too. */
const ACTIONS = [['alert'], ['pass', 'drop', 'reject', 'alert', 'alert', 'alert', 'drop']]

describe('engine/rules against real Suricata: random rules about random packets', () => {
  for (const seed of SEEDS)
    it(`seed ${seed}: every verdict, reason and alert`, async () => {
      const roll = dice(seed)
      const plain = randomCases(seed, roll)
      const material = materialOf(plain)
      const fresh = dice(-seed)
      let told = 0
      for (const [nth, actions] of ACTIONS.entries()) {
        const rules = randomRules(roll, RULES, material, actions)
        const setup: Partial<OracleOptions> = SETUPS[(seed * ACTIONS.length + nth) % SETUPS.length] ?? {}
        const cases = carriedOtherwise(setup.midstream === true ? withClientsFirst(plain) : plain, fresh)
        const { found, alerts } = await compareRules(cases, rules, setup)
        expect(found.slice(0, 20), rules.join('\n')).to.deep.equal([])
        told += alerts
      }
      console.info(`      ${told} alerts`)
      expect(told).to.be.greaterThan(100)
    })
})
