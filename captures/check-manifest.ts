import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join, parse, resolve } from 'node:path'
import { type Contents, contentsOf, type FoundFlow } from '../harness/author/contents.ts'
import { FlowbreakError } from '../harness/support/errors.ts'
import type { Flow } from './record/flows.ts'
import type { Manifest } from './record/manifest.ts'

const ROOT = resolve(import.meta.dirname, '..')
/** Names of link types in manifests, and as the capture's reader calls them. */
const LINKS: Readonly<Record<string, string>> = { ethernet: 'EN10MB' }
const MICROSECOND_DIGITS = 6
/** Packets that a sentence names at most. */
const NAMED = 10

/** Reads what stands beside a capture file; throws where there is nothing, or no JSON. */
export async function manifestBeside(file: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(dirname(file), `${parse(file).name}.json`), 'utf8'))
}

/**
 * Everything in which a capture file is not what its manifest says, or could not be sent through a device, a sentence each;
 * none when all is well. A file that is no capture at all is one of those sentences; a missing one throws.
 */
export async function problemsOf(manifest: Manifest, file: string): Promise<string[]> {
  const bytes = await readFile(file)
  const about = [...aboutManifest(manifest, file), ...aboutBytes(manifest, bytes)]
  try {
    const contents = await contentsOf(file)
    return [...about, ...aboutContents(manifest, contents), ...aboutPackets(manifest, contents)]
  } catch (thrown) {
    if (thrown instanceof FlowbreakError) return [...about, thrown.message]
    throw thrown
  }
}

function aboutManifest({ capture, title, by }: Manifest, file: string): string[] {
  const script = statSync(resolve(ROOT, by), { throwIfNoEntry: false })
  return [
    ...differs('capture', capture, basename(file)),
    ...when(title.trim() === '', 'The title is empty.'),
    ...when(script?.isFile() !== true, `There is no script "${by}".`),
  ]
}

function aboutBytes(manifest: Manifest, bytes: Uint8Array): string[] {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return [...differs('sha256', manifest.sha256, sha256), ...differs('bytes', manifest.bytes, bytes.length)]
}

function aboutContents(manifest: Manifest, contents: Contents): string[] {
  const { format, links, packets, duration, flows, damage } = contents
  const seconds = (value: number): string => value.toFixed(MICROSECOND_DIGITS)
  const families = [...new Set(flows.map(({ family }) => family))]
  return [
    ...differs('format', manifest.format, format),
    ...differs('link', LINKS[manifest.link], links.join(' and ')),
    ...differs('family', manifest.family, families.join(' and ') || 'none'),
    ...differs('packets', manifest.packets, packets),
    ...differs('duration', seconds(manifest.duration), seconds(duration)),
    ...aboutFlows(manifest.flows, flows),
    ...(damage === undefined ? [] : [`The file is damaged at byte ${damage.offset}: ${damage.reason}.`]),
  ]
}

function aboutFlows(said: readonly Flow[], found: readonly FoundFlow[]): string[] {
  const length = Math.max(said.length, found.length)
  return Array.from({ length }, (_, i) => differs(`flow ${i + 1}`, lineOf(said[i]), lineOf(found[i]))).flat()
}

function lineOf(flow: Flow | FoundFlow | undefined): string {
  if (flow === undefined) return 'none'
  const { protocol, client, server, packets, opens, closes, errors = 0 } = flow
  const numbers = `${packets} packets with ${errors} errors`
  return `${protocol} from ${client} to ${server}, ${numbers}, opens ${opens}, closes ${closes}`
}

function aboutPackets({ allows }: Manifest, { odd }: Contents): string[] {
  const defects = new Map<string, readonly number[]>([
    ['frame-over-mtu', odd.overMtu],
    ['bad-checksum', odd.badChecksum],
  ])
  const unneeded = allows.filter((defect) => (defects.get(defect) ?? []).length === 0)
  return [
    ...[...defects].flatMap(([defect, packets]) =>
      when(
        packets.length > 0 && !allows.some((allowed) => allowed === defect),
        `The manifest does not allow ${defect}, found in ${listed(packets)}.`,
      ),
    ),
    ...unneeded.map((defect) => `The manifest allows ${defect}, which no packet needs.`),
    ...when(odd.cutShort.length > 0, `Not captured whole: ${listed(odd.cutShort)}.`),
    ...when(odd.withoutFlow.length > 0, `Of no flow: ${listed(odd.withoutFlow)}.`),
  ]
}

function listed(packets: readonly number[]): string {
  const named = packets.slice(0, NAMED).join(', ')
  const rest = packets.length - NAMED
  return `${packets.length === 1 ? 'packet' : 'packets'} ${named}${rest > 0 ? ` and ${rest} more` : ''}`
}

function differs(what: string, said: unknown, found: unknown): string[] {
  return when(said !== found, `The manifest says ${what}: ${said}; the file has ${found}.`)
}

function when(applies: boolean, sentence: string): string[] {
  return applies ? [sentence] : []
}
