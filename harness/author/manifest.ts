import { createHash } from 'node:crypto'
import {
  createReadStream,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, parse } from 'node:path'
import { ExitCode, FlowbreakError, reasonOf } from '../support/errors.ts'
import { type Contents, contentsOf } from './contents.ts'

/** How link types are called in manifests, by the capture reader's words. */
const LINKS: ReadonlyMap<string, string> = new Map([['EN10MB', 'ethernet']])

export interface ManifestFacts {
  readonly title: string
  /** What made the file: a command. */
  readonly by: string
  /** Programs and their versions. */
  readonly with: Readonly<Record<string, string>>
  /** The day, as `2026-01-31`; absent: unknown. */
  readonly recorded?: string
}

/** Where the manifest of a capture stands. */
export function manifestPath(capture: string): string {
  const { dir, name } = parse(capture)
  return join(dir, `${name}.json`)
}

/**
 * Checks, before anything is written, that the manifest of a capture replaces neither the capture nor a file of another kind. Throws
 * ERR_USAGE.
 */
export function checkManifestPlace(capture: string): void {
  const path = manifestPath(capture)
  if (path === join(capture))
    throw new FlowbreakError(
      'ERR_USAGE',
      `${capture} is the name that its manifest would have: name a file that does not end in .json.`,
    )
  if (existsSync(path) && !isManifest(path))
    throw new FlowbreakError(
      'ERR_USAGE',
      `${path}, where the manifest of ${capture} would be, is a file of another kind: name another file with -o.`,
    )
}

function isManifest(path: string): boolean {
  try {
    const { capture }: { capture?: unknown } = JSON.parse(readFileSync(path, 'utf8'))
    return typeof capture === 'string'
  } catch {
    return false
  }
}

/**
 * Writes what is in a capture beside it, in the shape of the manifests of captures/, whole or not at all; gives its path. Throws
 * ERR_MANIFEST_WRITE, exit code 3.
 */
export async function writeManifest(capture: string, facts: ManifestFacts): Promise<string> {
  const contents = await contentsOf(capture)
  const path = manifestPath(capture)
  const temporary = `${path}.${process.pid}.partial`
  const manifest = {
    capture: basename(capture),
    title: facts.title,
    ...(facts.recorded === undefined ? {} : { recorded: facts.recorded }),
    by: facts.by,
    with: facts.with,
    family: familiesOf(contents),
    link: contents.links.map((name) => LINKS.get(name) ?? name).join(' and '),
    format: contents.format,
    sha256: await sha256Of(capture),
    packets: contents.packets,
    bytes: statSync(capture).size,
    duration: Number(contents.duration.toFixed(6)),
    flows: contents.flows.map(({ family: _, errors, ...flow }) =>
      errors === 0 ? flow : { ...flow, errors },
    ),
    allows: [
      ...(contents.odd.overMtu.length > 0 ? ['frame-over-mtu'] : []),
      ...(contents.odd.badChecksum.length > 0 ? ['bad-checksum'] : []),
    ],
    varies: [],
  }
  try {
    writeFileSync(temporary, `${JSON.stringify(manifest, null, 2)}\n`)
    renameSync(temporary, path)
  } catch (thrown) {
    rmSync(temporary, { force: true })
    throw new FlowbreakError(
      'ERR_MANIFEST_WRITE',
      `${path} cannot be written (${reasonOf(thrown)}): write the capture elsewhere.`,
      {
        exitCode: ExitCode.broken,
        cause: thrown,
      },
    )
  }
  return path
}

function familiesOf({ flows }: Contents): string {
  return [...new Set(flows.map(({ family }) => family))].sort().join(' and ') || 'none'
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
