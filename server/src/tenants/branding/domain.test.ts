import { expect, it } from 'vitest'
import { brandPaths, contrastOnWhite, decideBrandable, decideBranding, findLogoFault } from './domain.ts'

const svg = (inside: string, head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">') =>
  `data:image/svg+xml;base64,${Buffer.from(`${head}${inside}</svg>`).toString('base64')}`
const png = (length = 0) => {
  const head = Buffer.from('89504e470d0a1a0a0000000d4948445200000001', 'hex')
  return `data:image/png;base64,${Buffer.concat([head, Buffer.alloc(length)]).toString('base64')}`
}
const input = { name: 'Northwind', color: '#0b7285', logo: null, sender_name: null }

it('contrast with white as WCAG 2 says it', () => {
  expect(contrastOnWhite('#000000')).toBeCloseTo(21)
  expect(contrastOnWhite('#ffffff')).toBeCloseTo(1)
  expect(contrastOnWhite('#767676')).toBeCloseTo(4.54, 2)
})

it('the lightest grey that is read on white, and the first that is not', () => {
  expect(decideBranding({ ...input, color: '#767676' })).toMatchObject({ color: '#767676' })
  expect(() => decideBranding({ ...input, color: '#777777' })).toThrow(/4\.5 : 1/)
})

it.each(['vendor', 'distributor', 'sub_distributor', 'reseller'] as const)('a %s has a branding', (level) => {
  expect(() => decideBrandable(level)).not.toThrow()
})
it.each(['end_customer', 'site'] as const)('a %s has none', (level) => {
  expect(() => decideBrandable(level)).toThrow(/Only who sells/)
})

it.each([
  ['vendor', '0000', ['0000']],
  ['distributor', '00000001', ['00000001', '0000']],
  ['end_customer', '0000000100020003', ['000000010002']],
  ['site', '00000001000200030004', ['000000010002']],
] as const)('whose branding a %s shows', (level, path, paths) => {
  expect(brandPaths({ level, path })).toEqual(paths)
})

it.each([
  ['a PNG of 100 KB', png(100 * 1024 - 20)],
  ['shapes', svg('<!-- a --><path d="M0 0h8"/><g fill="url(#a)"><circle r="2"/></g><title>A &amp; B</title>')],
  ['a gradient of its own', svg('<defs><linearGradient id="a"/></defs><use href="#a"/>')],
  ['the declaration', svg('', '<?xml version="1.0" encoding="UTF-8"?>\n<svg>')],
])('a logo that is taken: %s', (_what, logo) => {
  expect(findLogoFault(logo)).toBeNull()
})

it.each([
  ['a PNG of a byte more', png(100 * 1024 - 19)],
  ['text that says it is a PNG', `data:image/png;base64,${Buffer.from('<html>').toString('base64')}`],
  ['a script', svg('<script>alert(1)</script>')],
  ['a handler', svg('<rect onload="alert(1)"/>')],
  ['a handler after a slash', svg('<rect/onload="alert(1)"/>')],
  ['a page inside', svg('<foreignObject><p/></foreignObject>')],
  ['a picture from elsewhere', svg('<image href="https://example.com/a.png"/>')],
  ['a reference to elsewhere', svg('<use href="https://example.com/a.svg#a"/>')],
  ['a link that runs', svg('<a href="javascript:alert(1)"/>')],
  ['a fill from elsewhere', svg('<rect fill="url(https://example.com/a)"/>')],
  ['a style that loads', svg('<rect style="background:url(//example.com)"/>')],
  ['a style sheet', svg('<style>@import "https://example.com"</style>')],
  ['an entity of its own', svg('', '<!DOCTYPE svg [<!ENTITY a "b">]><svg>')],
  ['an entity that hides a word', svg('<rect fill="url&#40;//example.com)"/>')],
  ['CDATA', svg('<![CDATA[<script/>]]>')],
  ['no SVG at all', `data:image/svg+xml;base64,${Buffer.from('hello').toString('base64')}`],
])('a logo that is refused: %s', (_what, logo) => {
  expect(findLogoFault(logo)).toEqual(expect.any(String))
})
