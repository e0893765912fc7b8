import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { PACKAGE_ROOT } from '../../support/package.ts'
import { writeFolder } from '../folder.ts'

/** Where the files of a new project are, in the package. */
const TEMPLATE = join(PACKAGE_ROOT, 'template')
/** The capture that it begins with, of the package's own, with its manifest. */
const CAPTURE = ['captures/echo-ladder-ipv4.pcap', 'captures/echo-ladder-ipv4.json']
/** Files that npm would take for its own, or leave out, if they had their names in the package. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: '.gitignore', 'mocharc.yaml': '.mocharc.yaml' }

interface PackageFile {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

/**
 * Makes a small project of one's own: a configuration, a capture, a suite in YAML and one in TypeScript, and a CI file. Gives its files.
 * Throws ERR_FOLDER where the folder is not empty; ERR_FOLDER_WRITE, exit code 3.
 */
export async function init(folder: string, signal: AbortSignal): Promise<readonly string[]> {
  const words = placeholders(folder)
  const files: string[] = []
  await writeFolder(folder, signal, (temporary) => {
    for (const file of filesIn(TEMPLATE)) {
      const name = join(dirname(file), RENAMED[basename(file)] ?? basename(file))
      const text = readFileSync(join(TEMPLATE, file), 'utf8')
      put(
        temporary,
        name,
        text.replaceAll(/\{\{([^}]+)\}\}/g, (whole, word: string) => words.get(word) ?? whole),
      )
      files.push(name)
    }
    for (const file of CAPTURE) {
      mkdirSync(dirname(join(temporary, file)), { recursive: true })
      copyFileSync(join(PACKAGE_ROOT, file), join(temporary, file))
      files.push(file)
    }
  })
  return files.sort()
}

/** What stands for `{{word}}` in the template: the project's name, and the versions of packages that this one was tried with. */
function placeholders(folder: string): ReadonlyMap<string, string> {
  const read: PackageFile = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'))
  const name = basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return new Map([
    ...Object.entries({ ...read.devDependencies, ...read.dependencies }),
    ['name', name === '' ? 'firewall-tests' : name],
    ['flowbreak', isInstalled() ? `^${read.version}` : `file:${pathToClone(folder)}`],
  ])
}

/** Whether npm has put this package where it is, so that it can get it again; a clone it finds by its path alone. */
export function isInstalled(): boolean {
  return PACKAGE_ROOT.split(sep).includes('node_modules')
}

/** The way from a project to the clone that this is. */
export function pathToClone(folder: string): string {
  return relative(resolve(folder), PACKAGE_ROOT)
}

function filesIn(folder: string, within = ''): readonly string[] {
  return readdirSync(join(folder, within), { withFileTypes: true }).flatMap((entry) => {
    const path = join(within, entry.name)
    return entry.isDirectory() ? filesIn(folder, path) : [path]
  })
}

function put(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}
