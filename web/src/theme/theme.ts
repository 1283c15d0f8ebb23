import {
  Button,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  Input,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
  Modal,
  Notification,
  Tooltip,
} from '@mantine/core'

/** One accent: for the primary action, the selection and the focus, and nothing else. */
const accent: MantineColorsTuple = [
  '#e6f5f8',
  '#d3ecf1',
  '#a5d8e2',
  '#74c3d3',
  '#4db2c6',
  '#2e9fb6',
  '#1b8ca3',
  '#117e95',
  '#0b7285',
  '#085a69',
]

/** Mantine's greys of the dark theme, cooled to fit the canvas. */
const dark: MantineColorsTuple = [
  '#d9dde2',
  '#b8bfc8',
  '#98a2af',
  '#6b7480',
  '#3a414b',
  '#2a2f37',
  '#1d2128',
  '#171a20',
  '#101318',
  '#0b0d10',
]

export const colorSchemeManager = localStorageColorSchemeManager({ key: 'tenantree-color-scheme' })

// The head of a dialog is a <header> in Mantine, which would make it a second banner of the page.
const plainHeader = { header: { role: 'presentation' } }
const dialogStyles = { title: { fontSize: 15, fontWeight: 600 }, content: { boxShadow: 'none' } }

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 8, dark: 8 },
  colors: { accent, dark },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '20px', lineHeight: '26px' }, h2: { fontSize: '15px', lineHeight: '22px' } },
  },
  defaultRadius: 8,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' }, styles: { root: { fontWeight: 600 } } }),
    // Descriptions below the fields keep the fields of a row on one line.
    InputWrapper: Input.Wrapper.extend({
      defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] },
      styles: { label: { marginBottom: 3 } },
    }),
    Drawer: Drawer.extend({ defaultProps: { attributes: plainHeader }, styles: dialogStyles }),
    Modal: Modal.extend({
      defaultProps: { centered: true, shadow: 'none', transitionProps: { duration: 120 }, attributes: plainHeader },
      styles: dialogStyles,
    }),
    Notification: Notification.extend({
      defaultProps: { withBorder: true, closeButtonProps: { 'aria-label': 'Dismiss' } },
      styles: { root: { boxShadow: 'none' } },
    }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true } }),
  },
})

/** A neutral canvas, panels on it, lines of one pixel; text colors keep AA contrast on both. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--canvas': '#f6f7f9',
    '--panel': '#ffffff',
    '--line': '#e3e6ea',
    '--hover': '#f2f5f7',
    '--selection': '#d5edf2',
    '--selection-ink': '#07424e',
    '--link': '#0b7285',
    '--attention': '#b3400a',
    '--good': '#2b8a3e',
    '--quiet': '#7a8491',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#14181f',
    '--mantine-color-dimmed': '#56606d',
    '--mantine-color-placeholder': '#66707c',
    '--mantine-color-default-border': '#cfd5dc',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-anchor': '#0b7285',
  },
  dark: {
    '--canvas': '#0f1216',
    '--panel': '#171a20',
    '--line': '#2a2f37',
    '--hover': '#1d2128',
    '--selection': '#08323b',
    '--selection-ink': '#b9e6ef',
    '--link': '#74c3d3',
    '--attention': '#ffa067',
    '--good': '#51cf66',
    '--quiet': '#8b95a1',
    '--mantine-color-body': '#171a20',
    '--mantine-color-text': '#d9dde2',
    '--mantine-color-dimmed': '#98a2af',
    '--mantine-color-placeholder': '#8b95a1',
    '--mantine-color-default': '#171a20',
    '--mantine-color-default-hover': '#1d2128',
    '--mantine-color-default-border': '#3a414b',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-anchor': '#74c3d3',
  },
})
