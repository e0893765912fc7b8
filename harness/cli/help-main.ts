import { told } from './process.ts'
import { aboutItself } from './usage.ts'

/** `flowbreak --help` and `--version` by themselves: a bundle of its own, without the loader of modules, starts in half the time. */
try {
  process.exitCode = aboutItself(process.argv[2])
} catch (thrown) {
  process.exitCode = told(thrown, false)
}
