import { expect } from 'chai'
import { dice } from '../conversations/random.test.ts'
import { compareRules } from './compare-rules.test.ts'
import { materialOf, randomCases } from './random-packets.test.ts'
import { randomRules } from './random-rules.test.ts'

const SEEDS = 3
const RULES = 24
/** Of each seed: rules that tell, and rules that decide too. */
const ACTIONS = [['alert'], ['pass', 'drop', 'reject', 'alert', 'alert', 'alert', 'drop']]

describe('engine/rules against real Suricata: random rules about random packets', () => {
  for (let seed = 1; seed <= SEEDS; seed++)
    it(`seed ${seed}: every verdict, reason and alert`, async () => {
      const roll = dice(seed)
      const cases = randomCases(seed, roll)
      const material = materialOf(cases)
      let told = 0
      for (const actions of ACTIONS) {
        const rules = randomRules(roll, RULES, material, actions)
        const { found, alerts } = await compareRules(cases, rules)
        expect(found.slice(0, 20), rules.join('\n')).to.deep.equal([])
        told += alerts
      }
      console.info(`      ${told} alerts`)
      expect(told).to.be.greaterThan(100)
    })
})
