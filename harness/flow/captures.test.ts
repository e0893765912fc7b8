import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { openCapture } from '../capture/open.ts'
import { PacketBatch } from '../model/batch.ts'
import { decodeBatch } from '../wire/decode.ts'
import { FlowTable } from './table.ts'

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url))
const NAMES = readdirSync(CAPTURES).filter((name) => name.endsWith('.pcap'))

interface ManifestFlow {
  readonly protocol: string
  readonly client: string
  readonly server: string
  readonly packets: number
  readonly opens?: string
}

/** The flow id of every packet. */
async function flowsOf(name: string): Promise<{ table: FlowTable; ids: number[] }> {
  await using source = await openCapture(CAPTURES + name)
  const table = new FlowTable()
  const batch = new PacketBatch(1024, 1 << 20)
  const ids: number[] = []
  while (await source.read(batch)) {
    decodeBatch(batch)
    table.assign(batch)
    ids.push(...batch.flow.subarray(0, batch.count))
  }
  return { table, ids }
}

/** tshark's number of the TCP or UDP conversation of every packet that has one of its own. */
function streamsOf(name: string): string[] {
  const fields = ['tcp.stream', 'udp.stream', 'icmp.type', 'icmpv6.type'].flatMap((field) => ['-e', field])
  const args = ['-n', '-r', CAPTURES + name, '-T', 'fields', '-o', 'ip.defragment:FALSE', ...fields]
  const { status, stdout, stderr } = spawnSync('tshark', args, { encoding: 'utf8', maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`tshark: ${stderr}`)
  const rows = stdout.split('\n').slice(0, -1)
  return rows.map((row) => {
    const [tcp, udp, ...icmp] = row.split('\t')
    if (icmp.some((type) => type !== '')) return ''
    return tcp ? `tcp ${tcp}` : udp ? `udp ${udp}` : ''
  })
}

describe('flow on the recorded captures', () => {
  it('finds the flows that the manifests list', async () => {
    for (const name of NAMES) {
      const { table, ids } = await flowsOf(name)
      const manifest: { readonly flows: readonly ManifestFlow[] } = JSON.parse(
        readFileSync(CAPTURES + name.replace(/pcap$/, 'json'), 'utf8'),
      )
      const found = Array.from({ length: table.count }, (_, id) => {
        const { protocol, client, server, opens } = table.info(id)
        return `${protocol} ${client} ${server} ${opens} ${ids.filter((of) => of === id).length}`
      })
      const listed = manifest.flows.map(
        ({ protocol, client, server, packets, opens = 'n/a' }) =>
          `${protocol} ${client} ${server} ${opens} ${packets}`,
      )
      expect(found, name).to.deep.equal(listed)
    }
  })

  it("parts packets as tshark's streams do", () => {
    const compared = NAMES.map(async (name) => {
      const { ids, table } = await flowsOf(name)
      // Of one flow, the manifest says all that tshark could.
      if (table.count === 1) return
      const streams = streamsOf(name)
      expect(streams).to.have.length(ids.length)
      const pairs = new Set<string>()
      streams.forEach((stream, i) => {
        if (stream !== '') pairs.add(`${stream} is ${ids[i]}`)
      })
      const seen = [...pairs].map((pair) => pair.split(' is '))
      expect(new Set(seen.map(([stream]) => stream)).size, name).to.equal(pairs.size)
      expect(new Set(seen.map(([, id]) => id)).size, name).to.equal(pairs.size)
    })
    return Promise.all(compared)
  })
})
