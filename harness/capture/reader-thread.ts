import { workerData } from 'node:worker_threads'
import { decodeBatch } from '../wire/decode.ts'
import { FileSource } from './file-source.ts'
import { walkerFor } from './format.ts'
import type { ReaderEnd, ReaderTask } from './reader.ts'
import { Ring } from './ring.ts'

/** The whole of the reader's thread: reads and decodes a capture into a ring of batches until it ends or nobody wants more. */
function readAhead({ name, fd, format, tunnels, memory, port }: ReaderTask): void {
  const walker = walkerFor(format)
  const source = new FileSource(name, fd, walker)
  const ring = new Ring(memory, tunnels)
  let more = true
  while (more && ring.awaitEmpty()) {
    const { batch } = ring
    more = source.read(batch)
    decodeBatch(batch)
    if (!more) {
      const end: ReaderEnd = { epoch: source.header.epoch, links: source.links, damage: source.damage }
      port.postMessage(end)
    }
    ring.handOver(!more)
  }
  port.close()
}

readAhead(workerData)
