import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'

/** What a reader of the file gets: the texts of each page in reading order, the tags of the first one, and the file's own data. */
export async function readPdf(bytes: Uint8Array) {
  const task = getDocument({ data: bytes.slice(), verbosity: 0 })
  const document = await task.promise
  const pages: string[][] = []
  for (let number = 1; number <= document.numPages; number += 1) {
    const content = await (await document.getPage(number)).getTextContent()
    pages.push(content.items.flatMap((item) => ('str' in item && item.str.trim() !== '' ? item.str : [])))
  }
  const { info } = await document.getMetadata()
  const tree = await (await document.getPage(1)).getStructTree()
  await task.destroy()
  return { pages, info: new Map(Object.entries(info)), roles: tree === null ? [] : listRoles(tree) }
}

type Tagged = { role: string; children: readonly (Tagged | { id: string })[] }

const listRoles = (node: Tagged): string[] => [
  node.role,
  ...node.children.flatMap((child) => ('role' in child ? listRoles(child) : [])),
]
