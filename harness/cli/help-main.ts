import { told } from './process.ts'
import { aboutItself } from './usage.ts'

/** `flowbreak --help` and `--version` alone: as a bundle of its own, without the module loader, it starts in half the time. */
try {
  process.exitCode = aboutItself(process.argv[2])
} catch (thrown) {
  process.exitCode = told(thrown, false)
}
