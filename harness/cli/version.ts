export { PACKAGE_ROOT, PLACES, version } from '../support/package.ts'
