import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export type Migration = { number: number; name: string; sha256: string; statements: string[] }

const fileName = /^(\d{4})_[a-z0-9_]+\.sql$/
const statementEnd = /^-- ;;[ \t]*$/m

/** The numbered files of the folder in their order. Line ends do not count in the hash: some check-outs change them. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const migrations = await Promise.all(names.map((name) => readMigration(folder, name)))
  migrations.forEach((migration, index) => {
    if (migration.number !== index + 1) throw new Error(`migration ${migration.name} is not number ${index + 1}`)
  })
  return migrations
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  const number = Number(fileName.exec(name)?.[1])
  if (!number) throw new Error(`${name} is not named like 0001_words.sql`)
  const text = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n')
  return { number, name, sha256: createHash('sha256').update(text).digest('hex'), statements: toStatements(text, name) }
}

/** One statement per query: each ends at a line `-- ;;`. */
export function toStatements(text: string, name: string): string[] {
  const parts = text.split(statementEnd)
  if (hasSql(parts.pop() ?? '')) throw new Error(`the last statement of ${name} has no line "-- ;;" after it`)
  return parts.filter(hasSql)
}

const hasSql = (part: string): boolean => part.split('\n').some((line) => line.trim() !== '' && !line.startsWith('--'))
