import { expect } from 'chai'
import { hex, join8 } from '../example-frames.test.ts'
import { putTime, TIME_OPTION_BYTES, timeIn } from './geneve-time.ts'

describe('wire/tunnel/geneve-time', () => {
  it('finds the time behind other options, to the nanosecond', () => {
    for (const nanos of [0, 1, 2 ** 32, 2 ** 53 - 1]) {
      const option = new Uint8Array(TIME_OPTION_BYTES)
      putTime(option, 0, nanos)
      // Five words of options: one of AWS (class 0x0108), then the time.
      const header = join8(hex('05 00 6558 00000000'), hex('0108 01 01 0a000001'), option)
      expect(timeIn(join8(hex('ffff'), header), 2)).to.equal(nanos)
    }
  })

  it('finds none where the option is another, or of another length', () => {
    for (const option of [
      'ff00 02 02 0000000000000001',
      'ff00 01 01 00000001 ff010100',
      'ff01 01 02 0000000000000001',
    ])
      expect(timeIn(join8(hex('03 00 6558 00000000'), hex(option)), 0)).to.equal(undefined)
  })
})
