import * as chai from 'chai'
import { play } from 'flowbreak'
import { flowbreak } from 'flowbreak/chai'
import { suites } from 'flowbreak/mocha'

chai.use(flowbreak)
const { expect } = chai

// Every case of the YAML suites as a test of its own.
suites('suites')

describe('a swap while the server sends', () => {
  const broken = (policy: string) =>
    play({ capture: 'echo-ladder-ipv4', setup: { policy }, inject: ['host-swap@12'] })

  it('is told to the server, and to nobody else, under reject', async () => {
    const trace = await broken('reject')
    expect(trace).packet(11).to.be.forwarded.by('fw-a')
    expect(trace).packet(12).to.be.rejected.towards('server')
    expect(trace).packet(13).to.be.dropped.by('fw-b')
  })

  it('goes unnoticed under continue', async () => {
    expect(await broken('continue'))
      .packet(12)
      .to.be.forwarded.by('fw-b')
  })
})
