import { type OracleCase, readRecorded, recordedCaptures } from '../oracle-cases.test.ts'
import { compare } from './oracle-compare.test.ts'
import { Kernel, type KernelSetup } from './oracle-kernel.test.ts'

const SETUPS: readonly KernelSetup[] = [
  { exception: 'drop', loose: false },
  { exception: 'drop', loose: true },
  { exception: 'reject', loose: false },
  { exception: 'reject', loose: true },
  { exception: 'continue', loose: true },
  { exception: 'continue', loose: false },
  { exception: 'continue', loose: true, dropsInvalid: true },
  { exception: 'continue', loose: false, dropsInvalid: true },
]

describe('engine against the Linux kernel', function () {
  this.timeout(120_000)
  for (const setup of SETUPS)
    it(JSON.stringify(setup), async () => {
      await using kernel = await Kernel.open(setup)
      const cases: OracleCase[] = recordedCaptures().map((name) => ({ name, frames: readRecorded(name) }))
      const t = Date.now()
      const result = await compare(kernel, setup, cases)
      console.info(Date.now() - t, result.packets, result.agreed, result.differences.length)
      for (const d of result.differences.slice(0, 10)) console.info(d.text)
    })
})
