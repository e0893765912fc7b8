import { workerData } from 'node:worker_threads'
import { decodeBatch } from '../wire/decode.ts'
import { FileSource } from './file-source.ts'
import { walkerFor } from './format.ts'
import type { ReaderMessage, ReaderTask } from './reader.ts'
import { Ring } from './ring.ts'

/** The whole of the reader's thread: reads and decodes a capture into a ring of batches until it ends or nobody wants more. */
function readAhead({ name, fd, format, tunnels, memory, port }: ReaderTask): void {
  const walker = walkerFor(format)
  const source = new FileSource(name, fd, walker)
  const ring = new Ring(memory, tunnels)
  const say = (message: ReaderMessage) => port.postMessage(message)
  let more = true
  while (more && ring.awaitEmpty()) {
    const { batch } = ring
    const { bytes } = batch
    more = source.read(batch)
    decodeBatch(batch)
    if (batch.bytes !== bytes) say({ type: 'grown', turn: ring.turn, bytes: batch.bytes })
    if (!more) say({ type: 'end', epoch: source.header.epoch, links: source.links, damage: source.damage })
    ring.handOver(!more)
  }
  port.close()
}

readAhead(workerData)
