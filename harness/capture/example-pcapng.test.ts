import { assemble, type Example, fields, SAMPLES, type Sample } from './example-captures.test.ts'

/** One block, told apart from others by whether it holds a packet. */
export interface ExampleBlock {
  readonly bytes: Uint8Array
  readonly packets: number
}

function pad(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)])
}

/** Makes the blocks of one section, all in its byte order. */
export class ExampleSection {
  readonly little: boolean

  constructor(little: boolean) {
    this.little = little
  }

  block(type: number, body: Uint8Array, packets = 0): ExampleBlock {
    const length = 12 + body.length
    return { bytes: fields(this.little, [4, type], [4, length], body, [4, length]), packets }
  }

  option(code: number, value: Uint8Array): Buffer {
    return fields(this.little, [2, code], [2, value.length], pad(value))
  }

  header(major = 1): ExampleBlock {
    const options = Buffer.concat([this.option(4, Buffer.from('example')), this.option(0, Buffer.alloc(0))])
    const body = fields(this.little, [4, 0x1a2b3c4d], [2, major], [2, 0], [8, -1n], options)
    return this.block(0x0a0d0d0a, body)
  }

  interface(link: number, snapLength: number, resolution?: number, offset?: bigint): ExampleBlock {
    const options = [
      this.option(2, Buffer.from('eth0')),
      ...(resolution === undefined ? [] : [this.option(9, Uint8Array.of(resolution))]),
      ...(offset === undefined ? [] : [this.option(14, fields(this.little, [8, offset]))]),
      this.option(0, Buffer.alloc(0)),
    ]
    return this.block(1, fields(this.little, [2, link], [2, 0], [4, snapLength], ...options))
  }

  /** `units`: the timestamp as its interface counts. */
  enhanced(on: number, units: bigint, { frame, original }: Sample, comment = ''): ExampleBlock {
    const options =
      comment === '' ? [] : [this.option(1, Buffer.from(comment)), this.option(0, Buffer.alloc(0))]
    const body = fields(
      this.little,
      [4, on],
      [4, units >> 32n],
      [4, units & 0xffffffffn],
      [4, frame.length],
      [4, original],
      pad(frame),
      ...options,
    )
    return this.block(6, body, 1)
  }

  obsolete(on: number, units: bigint, { frame, original }: Sample): ExampleBlock {
    const body = fields(
      this.little,
      [2, on],
      [2, 0xffff],
      [4, units >> 32n],
      [4, units & 0xffffffffn],
      [4, frame.length],
      [4, original],
      pad(frame),
    )
    return this.block(2, body, 1)
  }

  simple({ frame, original }: Sample): ExampleBlock {
    return this.block(3, fields(this.little, [4, original], pad(frame)), 1)
  }
}

/** Interface statistics, which no reader of packets needs. */
const STATISTICS = 5
const NAMES = 4

/** The samples in one section, with blocks of other kinds between them; times in microseconds or nanoseconds. */
export function pcapngExample(little: boolean, nano = false): Example {
  const section = new ExampleSection(little)
  const blocks = [section.header(), section.interface(1, 0, ...(nano ? [9] : []))]
  for (const [i, each] of SAMPLES.entries()) {
    const units = each.at / (nano ? 1n : 1000n)
    if (i % 2 === 1) blocks.push(section.block(NAMES, Buffer.alloc(20)))
    blocks.push(
      i === 3 ? section.obsolete(0, units, each) : section.enhanced(0, units, each, i === 0 ? 'first' : ''),
    )
  }
  blocks.push(section.block(STATISTICS, Buffer.alloc(12)))
  return assemble(blocks)
}
