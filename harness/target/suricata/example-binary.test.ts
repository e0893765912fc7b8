import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for a test's temporary files, in which whatever it runs leaves its own too. */
export class Scratch implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  readonly #before = process.env.TMPDIR

  constructor() {
    process.env.TMPDIR = this.folder
  }

  /** A program that says that it is Suricata of that version, and else does what the lines of shell say. */
  binary(lines: string, version = '7.0.10'): string {
    const path = join(this.folder, 'suricata')
    const saysVersion = `if [ "$1" = -V ]; then echo "This is Suricata version ${version} RELEASE"; exit 0; fi`
    writeFileSync(path, `#!/bin/sh\n${saysVersion}\n${lines}\n`)
    chmodSync(path, 0o755)
    return path
  }

  [Symbol.dispose](): void {
    if (this.#before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = this.#before
    rmSync(this.folder, { recursive: true, force: true })
  }
}
