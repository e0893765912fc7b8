import fs, { closeSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { makeFolder, openToWrite, sudoCaller } from './caller.ts'

/** Nobody's, on every system; we are somebody else. */
const NOBODY = 65_534

describe('support/caller', () => {
  it('is who called root through sudo, and nobody where that is not plain', () => {
    const from = (SUDO_UID?: string, SUDO_GID?: string, user = 0) => sudoCaller({ SUDO_UID, SUDO_GID }, user)
    expect(from('1000', '100')).to.deep.equal({ uid: 1000, gid: 100 })
    expect(from('1000', '0')).to.deep.equal({ uid: 1000, gid: 0 })
    expect(from('1000', '100', 1000)).to.equal(undefined)
    expect(from('0', '0')).to.equal(undefined)
    expect(from('1000')).to.equal(undefined)
    for (const no of ['', '-1', '+5', '1e3', ' 7', '4294967295', '99999999999', 'nobody'])
      expect(from(no, '100'), no).to.equal(undefined)
  })

  it('says that no folder can be made, at once', () => {
    expect(() => makeFolder('/proc/no-folder/here')).to.throw(/ENOENT/)
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    writeFileSync(join(folder, 'file'), '')
    expect(() => makeFolder(join(folder, 'file'))).to.throw(/EEXIST/)
    expect(() => makeFolder(join(folder, 'file/below'))).to.throw(/ENOTDIR/)
    rmSync(folder, { recursive: true })
  })

  it('makes a folder that somebody else makes at the same moment', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    const { mkdirSync } = fs
    try {
      // Right before each folder is made here, another has it made.
      fs.mkdirSync = ((path: string) => {
        mkdirSync(path, { mode: 0o750 })
        return mkdirSync(path)
      }) as typeof mkdirSync
      syncBuiltinESMExports()
      makeFolder(join(folder, 'a/b'), 0o700)
      expect(['a', 'a/b'].map((path) => statSync(join(folder, path)).mode & 0o777)).to.deep.equal([
        0o750, 0o750,
      ])
    } finally {
      fs.mkdirSync = mkdirSync
      syncBuiltinESMExports()
      rmSync(folder, { recursive: true })
    }
  })

  it('is given folders that are made and files, and none that were there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    const kept = { SUDO_UID: process.env.SUDO_UID, SUDO_GID: process.env.SUDO_GID }
    Object.assign(process.env, { SUDO_UID: `${NOBODY}`, SUDO_GID: `${NOBODY}` })
    try {
      makeFolder(join(folder, 'a/b'), 0o700)
      writeFileSync(join(folder, 'old'), '')
      for (const name of ['a/file', 'old']) closeSync(openToWrite(join(folder, name), 'w', 0o600))
      const own = process.geteuid?.()
      const theirs = own === 0 ? NOBODY : own
      const owners = ['.', 'a', 'a/b', 'a/file', 'old'].map((path) => statSync(join(folder, path)).uid)
      expect(owners).to.deep.equal([own, theirs, theirs, theirs, own])
    } finally {
      for (const [name, value] of Object.entries(kept))
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      rmSync(folder, { recursive: true })
    }
  })
})
