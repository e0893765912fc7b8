import { Readable } from 'node:stream'
import { expect } from 'chai'
import { openPipe } from '../../harness/capture/open-pipe.ts'
import { PcapngWalker } from '../../harness/capture/pcapng.ts'
import { configOf, placedIn } from '../../harness/config/read.ts'
import { parseRules } from '../../harness/engine/rules/parse.ts'
import { EveClock } from '../../harness/eve/text.ts'
import { PacketBatch } from '../../harness/model/batch.ts'
import { Tcp } from '../../harness/model/codes.ts'
import { suiteOf } from '../../harness/suite/cases.ts'
import { parseYaml } from '../../harness/suite/read.ts'
import { FlowbreakError, messageOf } from '../../harness/support/errors.ts'
import { ethernet, ipv4, tcp } from '../../harness/wire/example-frames.test.ts'
import { Protocol } from '../../harness/wire/numbers.ts'
import { payloadRange } from '../../harness/wire/payload.ts'
import { processSurface } from './surfaces/process.ts'

/** What a call is refused by, the code before it. */
function told(call: () => unknown): string {
  try {
    call()
    return 'it is taken'
  } catch (thrown) {
    return thrown instanceof FlowbreakError ? `${thrown.code} ${thrown.message}` : String(thrown)
  }
}

const rule = (source: string, options = '') => `pass tcp ${source} any -> any any (${options}sid:1;)`

describe('fuzz, what was found', () => {
  it('pcap: a version is told in the same words of a pipe as of a file', async () => {
    const header = Buffer.from(
      'd4c3b2a1 0700 0500 00000000 00000000 00000400 01000000'.replaceAll(' ', ''),
      'hex',
    )
    await using source = await openPipe('it', Readable.from([header]))
    await source.read(new PacketBatch(1, 64))
    expect(source.damage?.reason).to.equal('version 7.5 of the format is not 2.4')
  })

  it('pcapng: a section describes so many interfaces and no more', () => {
    const block = new Uint32Array([1, 20, 1, 0, 20])
    const head = new Uint32Array([0x0a0d_0d0a, 28, 0x1a2b_3c4d, 1, 0xffff_ffff, 0xffff_ffff, 28])
    const words = new Uint32Array(head.length + 65_537 * block.length)
    words.set(head)
    for (let n = 0; n < 65_537; n++) words.set(block, head.length + n * block.length)
    const batch = new PacketBatch(1, 0)
    batch.bytes = new Uint8Array(words.buffer)
    batch.view = new DataView(words.buffer)
    const walker = new PcapngWalker()
    walker.walk(batch, 0, batch.bytes.length, 0)
    expect(walker.damage).to.deep.equal({
      offset: 28 + 65_536 * 20,
      reason: 'its section describes more than 65536 interfaces',
    })
  })

  it('pcapng: a time beyond all calendars is written as the last that they have', () => {
    const clock = new EveClock()
    clock.epoch = 10n ** 30n
    expect(clock.timestamp(0)).to.match(/^9999-12-31T23:59:59\.\d{6}\+0000$/)
    clock.epoch = -(10n ** 30n)
    expect(clock.timestamp(0)).to.match(/^0000-01-01T00:00:00\.\d{6}\+0000$/)
  })

  it('wire: the payload of a segment with reserved bits begins where its header ends', () => {
    const { bytes, link } = ethernet(ipv4(Protocol.tcp, tcp({ reserved: 7, flags: Tcp.ack }, 9)))
    expect(payloadRange({ bytes, link })).to.deep.equal({ from: 54, to: 63 })
  })

  it('rules: lists nest so deep and no deeper, and words that objects inherit are no words', () => {
    expect(told(() => parseRules([rule('['.repeat(4000) + ']'.repeat(4000))]))).to.match(
      /^ERR_RULE .* lists are read 32 levels deep\.$/,
    )
    expect(told(() => parseRules([rule('!'.repeat(8000))]))).to.match(
      /^ERR_RULE .* one negation stands behind another\.$/,
    )
    for (const deep of ['['.repeat(50_000) + ']'.repeat(50_000), '!'.repeat(50_000)])
      expect(told(() => parseRules([rule(deep)]))).to.match(/^ERR_RULE .* a rule is of 8190 bytes at most\.$/)
    expect(told(() => parseRules([rule('any', 'flow:constructor; ')]))).to.match(
      /^ERR_RULE .*flow:constructor/,
    )
    for (const address of ['10.0.0.0/0x8', '10.0.0.0/8/9', '10.0.0.0/1e1', 'fe80::1%eth0'])
      expect(
        told(() => parseRules([rule(address)])),
        address,
      ).to.match(/^ERR_RULE .* is not a/)
  })

  it('errors: what is quoted steers no terminal, and is cut', () => {
    expect(told(() => parseRules([rule('any', 'flow:\u001b[31m; ')]))).to.match(
      / a rule has no control characters\.$/,
    )
    const message = told(() => parseRules([rule('any', `flow:\u009b\u202e${'x'.repeat(8000)}; `)]))
    expect(message).to.contain('flow:\\u{9b}\\u{202e}').and.to.have.length.below(800)
  })

  it('configs: no target is called __proto__', () => {
    const yaml = parseYaml('targets: { __proto__: { kind: reference } }', 'c.yaml', 'ERR_CONFIG')
    expect(told(() => configOf(placedIn(yaml, 'c.yaml'), 'c.yaml'))).to.equal(
      'ERR_CONFIG c.yaml:1:12: "__proto__" cannot name a target.',
    )
  })

  it('suites: a hundred thousand keys are read, or told of, in time that grows as they do', () => {
    const keys = Array.from({ length: 100_000 }, (_, n) => `k${n}: 1`)
    expect(parseYaml(keys.join('\n'), 'a.yaml', 'ERR_SUITE').value).to.have.property('k99999', 1)
    const message = told(() => parseYaml([...keys, 'k7: 2'].join('\n'), 'a.yaml', 'ERR_SUITE'))
    expect(message).to.equal('ERR_SUITE a.yaml:100001:1: This key was already given in this mapping.')
    const yaml = parseYaml(keys.join('\n'), 'a.yaml', 'ERR_CONFIG')
    const strange = messageOf(thrownBy(() => configOf(placedIn(yaml, 'a.yaml'), 'a.yaml'))).split('\n')
    expect(strange).to.have.length(201)
  })

  it('suites: what selects by an axis names exactly one', () => {
    for (const all of ['{}', '{ policy: { drop: drop }, family: { ipv4: drop } }']) {
      const yaml = parseYaml(
        `{ suite: h, title: F., cases: [{ name: t, requirement: A., source: { mark: DOC, where: F. }, capture: e, expect: { before: { all: ${all} } } }] }`,
        'a.yaml',
        'ERR_SUITE',
      )
      expect(told(() => suiteOf(yaml, 'a.yaml', { captures: [] }))).to.match(
        /^ERR_SUITE a.yaml:1:\d+: This selects by no axis, or by several/,
      )
    }
  })

  it('process: how a verdict is known is no word that objects inherit, and times are numbers', async () => {
    const surface = processSurface()
    const hello =
      '{"type":"hello","protocol":1,"name":"f","version":"1","capabilities":{"clock":"virtual","reactive":false,"hosts":2,"families":["ipv4"],"policies":["drop"],"sharing":["none"],"events":[],"observes":["verdict"],"folding":"one","profiles":"any","features":[],"clockScale":1}}'
    const frame = Buffer.from(ethernet(ipv4(Protocol.tcp, tcp({ flags: Tcp.rst }))).bytes).toString('base64')
    const answers = (known: string, time: number) =>
      JSON.stringify({
        type: 'steps',
        observations: [1, 2, 3].map((packet) => ({ packet, verdict: 'drop', known })),
        emitted: [{ to: 'client', frame, by: 'fw-a', flow: 0, time }],
      })
    const written = (known: string, time: number) =>
      new TextEncoder().encode(
        `${[hello, '{"type":"replay"}', answers(known, time), '{"type":"end"}', '{"type":"counters","counters":[{},{}]}'].join('\n')}\n`,
      )
    expect(await surface.check({ bytes: written('log', 2.5), piece: 7 })).to.equal(true)
    expect(await surface.check({ bytes: written('constructor', 2.5), piece: 7 })).to.equal(false)
    // Seconds that are no number any more as nanoseconds.
    expect(await surface.check({ bytes: written('log', -1e308), piece: 7 })).to.equal(false)
  })
})

function thrownBy(call: () => unknown): unknown {
  try {
    return call()
  } catch (thrown) {
    return thrown
  }
}
