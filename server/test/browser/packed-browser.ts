import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export type PackedBrowser = { executablePath: string; env: Record<string, string> }

/**
 * The Chromium of the npm package, unpacked once per user into the temporary folder with its libraries and a font. It is for
 * Linux on x64 alone.
 */
export async function unpackBrowser(): Promise<PackedBrowser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('the packed one is for Linux on x64')
  const bin = join(dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'))), 'bin')
  const { size } = await stat(join(bin, 'chromium.br'))
  // Per user: another one's copy could be neither trusted nor replaced.
  const folder = join(tmpdir(), `tenantree-browser-${process.getuid?.()}-${size}`)
  if (!(await isOurs(folder))) await unpack(bin, folder)
  return {
    executablePath: join(folder, 'chromium'),
    env: { FONTCONFIG_FILE: join(folder, 'fonts.conf'), LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') },
  }
}

async function isOurs(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => null)
  if (found === null) return false
  if (found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return true
  throw new Error(`${folder} belongs to another user`)
}

/** Beside its place and then renamed: nobody ever sees half of it. */
async function unpack(bin: string, folder: string): Promise<void> {
  const draft = await mkdtemp(`${folder}.draft-`)
  try {
    await inflateInto(
      draft,
      ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'].map((name) => join(bin, name)),
    )
    await writeFile(join(draft, 'fonts.conf'), fontsConf(folder))
    await rename(draft, folder)
  } catch (error) {
    // Another run was faster: its copy is the same.
    if (!(await isOurs(folder))) throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** The package unpacks into the temporary folder of the process, which it asks for at the call. */
async function inflateInto(folder: string, files: string[]): Promise<void> {
  const { inflate } = await import('@sparticuz/chromium')
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  const unpacking = files.map((file) => inflate(file))
  if (before === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = before
  await Promise.all(unpacking)
}

const fontsConf = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`
