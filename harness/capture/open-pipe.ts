import type { Readable } from 'node:stream'
import type { PacketSource } from '../model/capture.ts'
import { FlowbreakError } from '../support/errors.ts'
import { ByteFeed } from './byte-feed.ts'
import { formatOf, MAGIC_LENGTH } from './format.ts'
import { PcapngPipeSource } from './pcapng-pipe.ts'

/** Opens the capture in a stream. Throws ERR_CAPTURE_OPEN, ERR_CAPTURE_EMPTY, ERR_CAPTURE_FORMAT. */
export async function openPipe(name: string, stream: Readable): Promise<PacketSource> {
  const feed = new ByteFeed(stream)
  try {
    const first = await feed.peek(MAGIC_LENGTH)
    if (first.length === 0 && feed.failure !== undefined)
      throw new FlowbreakError('ERR_CAPTURE_OPEN', `${name} cannot be read (${feed.failure}).`)
    const format = formatOf(first, name)
    if (format.kind === 'pcapng') return new PcapngPipeSource(name, feed)
    // Loaded on demand: with pcap-parser this costs more than the rest of opening a capture.
    const { ClassicPipeSource } = await import('./classic-pipe.ts')
    return new ClassicPipeSource(name, feed, format.form)
  } catch (thrown) {
    await feed[Symbol.asyncDispose]()
    throw thrown
  }
}
