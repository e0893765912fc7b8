import { expect } from 'chai'
import { missingPrograms } from '../harness/sharing/store/programs.ts'
import { DOCUMENTED_BYTES, measureStore } from './store.ts'

describe('bench: what a session takes in a Redis', () => {
  before(function () {
    if (missingPrograms().length > 0) this.skip()
  })

  for (const six of [false, true])
    it(`is more than its payload and than what is documented, of ${six ? 'IPv6' : 'IPv4'}`, async () => {
      const plain = await measureStore(20_000, { six, expires: false })
      expect(plain.payload).to.equal(six ? 102 : 78)
      expect(plain.payload).to.be.below(DOCUMENTED_BYTES)
      expect(plain.usage).to.be.above(plain.payload)
      expect(plain.growth).to.be.above(DOCUMENTED_BYTES)
      const expiring = await measureStore(20_000, { six, expires: true })
      expect(expiring.growth).to.be.above(plain.growth + 16)
      expect(expiring.usage).to.equal(plain.usage)
    })
})
