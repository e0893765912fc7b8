import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { loadRecorded } from '../../timeline/recorded.ts'
import { slice } from '../slice.ts'
import { parseFilter } from './filter.ts'

const CAPTURES = new URL('../../../captures/', import.meta.url).pathname
const FILTERS = [
  'tcp',
  'udp or icmp',
  'ip6 and icmp6',
  'host 192.0.2.10 and port 7007',
  'src net 192.0.2.0/24',
  'dst host 2001:db8:5::20 and not dst port 80',
  'tcp and (port 80 or portrange 7000-7100)',
  'udp or tcp and port 7007',
  'not ip',
]

describe('author/slice/filter', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('chooses what tcpdump chooses', async () => {
    for (const name of [
      'echo-ladder-ipv4',
      'http-get-ipv6',
      'icmp-error-ipv4',
      'icmp-echo-ipv6',
      'udp-fragments-ipv4',
    ])
      for (const filter of FILTERS) {
        const file = join(CAPTURES, `${name}.pcap`)
        const theirs = spawnSync('tcpdump', ['-nr', file, '-w', join(folder, 'theirs.pcap'), filter], {
          encoding: 'utf8',
        })
        expect(theirs.status, theirs.stderr).to.equal(0)
        const out = join(folder, 'ours.pcap')
        const options = { file, out, signal: new AbortController().signal, filter: parseFilter(filter) }
        const expected = await framesOf(join(folder, 'theirs.pcap'))
        const ours = await slice(options).then(
          () => framesOf(out),
          (error: { code: string }) => (error.code === 'ERR_CAPTURE_NOTHING' ? [] : Promise.reject(error)),
        )
        expect(ours, `${name} ${filter}`).to.deep.equal(expected)
      }
  })

  it('refuses what it does not know, and says from where on', () => {
    for (const [text, word] of [
      ['tcp and', 'to its end'],
      ['host nowhere', 'from "nowhere" on'],
      ['(tcp', 'to its end'],
      ['tcp udp', 'from "udp" on'],
      ['', 'to its end'],
      ['port x', 'from "x" on'],
    ] as const)
      expect(() => parseFilter(text), text).to.throw(word)
  })
})

async function framesOf(path: string): Promise<string[]> {
  const { batch } = await loadRecorded(path).catch((error: { code: string }) => {
    if (error.code === 'ERR_CAPTURE_EMPTY') return { batch: undefined }
    throw error
  })
  return Array.from({ length: batch?.count ?? 0 }, (_, i) =>
    Buffer.from(batch?.copyFrame(i) ?? []).toString('hex'),
  )
}
