/**
 * The library writes each component twice, X for answers and XInput for requests. What nothing refers to goes, and a
 * request-only XInput takes the plain name; both stay only where the two really differ and both are used.
 */
type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Document = { [key: string]: Json } & { components?: { schemas?: { [name: string]: Json } } }

const prefix = '#/components/schemas/'
const refsIn = (value: unknown): string[] =>
  (JSON.stringify(value) ?? '')
    .match(/"#\/components\/schemas\/[^"]+"/g)
    ?.map((ref) => ref.slice(1 + prefix.length, -1)) ?? []

function reachable(document: Document) {
  const { components, ...rest } = document
  const schemas = components?.schemas ?? {}
  const found = new Set<string>()
  const queue = refsIn(rest)
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue
    found.add(name)
    queue.push(...refsIn(schemas[name]))
  }
  return found
}

const rename = (document: Document, names: Map<string, string>): Document =>
  JSON.parse(
    JSON.stringify(document).replace(/"#\/components\/schemas\/([^"]+)"/g, (all, name) =>
      names.has(name) ? `"${prefix}${names.get(name)}"` : all,
    ),
  )

export function tidyComponents(document: Document): Document {
  const used = reachable(document)
  const all = document.components?.schemas ?? {}
  const plainText = (name: string) => JSON.stringify(all[name]).replaceAll(/(schemas\/[^"]+?)Input"/g, '$1"')
  const names = new Map<string, string>()
  for (const name of used) {
    const plain = name.replace(/Input$/, '')
    if (plain !== name && (!used.has(plain) || plainText(plain) === plainText(name))) names.set(name, plain)
  }
  const schemas: { [name: string]: Json } = {}
  for (const name of [...used].sort()) schemas[names.get(name) ?? name] = all[name]!
  return rename({ ...document, components: { ...document.components, schemas } }, names)
}
