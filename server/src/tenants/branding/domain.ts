import type { BrandingInput, Level } from '@tenantree/contract'
import { fieldProblem } from '../../kernel/problem.ts'
import { parentPath } from '../../kernel/tree.ts'

/** What a brand looks like until one is set. */
export const neutralColor = '#0b7285'

/** Who sells shows itself to its buyers; nobody else has a branding. Throws branding_for_partners. */
export function decideBrandable(level: Level): void {
  if (!sells(level)) throw fieldProblem('branding_for_partners', 'id')
}

const sells = (level: Level): boolean => level !== 'end_customer' && level !== 'site'

/**
 * Whose branding a tenant may show, the first that is set counts: its own, then its seller's, and nobody's above. A site belongs to
 * its customer, so its seller is the customer's. R-TREE-9.
 */
export function brandPaths({ path, level }: { path: string; level: Level }): string[] {
  const parent = parentPath(path)
  const seller = level === 'site' && parent !== null ? parentPath(parent) : parent
  return [...(sells(level) ? [path] : []), ...(seller === null ? [] : [seller])]
}

/** Throws color_contrast_low, logo_refused. */
export function decideBranding(input: BrandingInput): BrandingInput {
  if (contrastOnWhite(input.color) < leastContrast)
    throw fieldProblem('color_contrast_low', 'color', `Its contrast is ${contrastOnWhite(input.color).toFixed(1)} : 1.`)
  const fault = input.logo === null ? null : findLogoFault(input.logo)
  if (fault !== null) throw fieldProblem('logo_refused', 'logo', fault)
  return input
}

/** WCAG 2.2, 1.4.3 (AA): the color carries white text on buttons, and is text on white. */
const leastContrast = 4.5

/** From 1 (white) to 21 (black), WCAG 2.2 "contrast ratio". */
export function contrastOnWhite(color: string): number {
  const channels = [1, 3, 5].map((start) => toLinear(Number.parseInt(color.slice(start, start + 2), 16) / 255))
  const [red = 0, green = 0, blue = 0] = channels
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
}

const toLinear = (channel: number): number =>
  channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4

const largestBytes = 100 * 1024
const pngHead = '89504e470d0a1a0a0000000d49484452'

/** What is wrong with a logo, or null. */
export function findLogoFault(dataUrl: string): string | null {
  const comma = dataUrl.indexOf(',')
  const bytes = Buffer.from(dataUrl.slice(comma + 1), 'base64')
  if (bytes.length > largestBytes) return 'It is larger than 100 KB.'
  if (dataUrl.startsWith('data:image/png')) return bytes.toString('hex', 0, 16) === pngHead ? null : 'It is no PNG.'
  return findSvgFault(bytes.toString('utf8'))
}

const allowedElements = new Set(
  (
    'svg g path rect circle ellipse line polyline polygon text tspan title desc defs use symbol clipPath mask ' +
    'linearGradient radialGradient stop pattern'
  ).split(' '),
)
const attributes = String.raw`(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*`
/** All that an SVG may consist of: its declaration, comments, tags, text without entities of its own. */
const token = new RegExp(
  String.raw`<\?xml [^?<>]*\?>|<!--(?:(?!-->)[^])*-->|<(/?)([A-Za-z][\w:.-]*)(${attributes})\s*/?>|[^<&]+|&(?:amp|lt|gt|quot|apos|#\d{1,6});`,
  'y',
)

/** An SVG is let in if every part of it is known to be harmless; what is not known is named. */
function findSvgFault(text: string): string | null {
  const svg = text.replace(/^\uFEFF/, '')
  let first = ''
  for (let at = 0; at < svg.length; at = token.lastIndex) {
    token.lastIndex = at
    const match = token.exec(svg)
    if (match === null) return 'It holds something other than plain SVG elements.'
    const [, , name, sent] = match
    if (name === undefined) continue
    first ||= name
    const fault = findElementFault(name, sent ?? '')
    if (fault !== null) return fault
  }
  return first === 'svg' ? null : 'It is no SVG.'
}

function findElementFault(name: string, sent: string): string | null {
  if (!allowedElements.has(name)) return `It holds the element ${name}. Save it as plain SVG, or as PNG.`
  for (const [, attribute = '', double, single] of sent.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g))
    if (!isHarmless(attribute.toLowerCase(), double ?? single ?? ''))
      return `It holds the attribute ${attribute} of ${name}. Save it as plain SVG, or as PNG.`
  return null
}

/** No scripts, no addresses outside the file: references go to its own ids. */
function isHarmless(attribute: string, value: string): boolean {
  if (attribute.startsWith('on') || attribute === 'src') return false
  if (attribute.endsWith('href')) return /^#[\w.-]+$/.test(value)
  if (attribute.startsWith('xmlns')) return true
  return !/url\((?!#[\w.-]+\))|[@\\]|&|script|expression|import/i.test(value)
}
