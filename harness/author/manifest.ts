import { createHash } from 'node:crypto'
import { createReadStream, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, parse } from 'node:path'
import { ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'
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
    throw new FlowbreakError('ERR_MANIFEST_WRITE', `${path} cannot be written (${messageOf(thrown)}).`, {
      exitCode: ExitCode.broken,
      cause: thrown,
    })
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
